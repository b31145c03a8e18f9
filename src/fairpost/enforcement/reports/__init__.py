"""Reports from outside: by the public form, by the API and by mail."""
