"""Orders of courts and authorities: what was served, what it asks, and what was done about it."""
