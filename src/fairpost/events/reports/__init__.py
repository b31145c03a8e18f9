"""Results as people read them: as tables, as CSV, as charts, and laid over the mail."""
