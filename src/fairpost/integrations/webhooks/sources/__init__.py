"""Where events come from: one module per table, each reading what is new in it for one account."""
