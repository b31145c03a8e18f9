"""The gate on PostgreSQL: permits of short life for senders, and stops that hold when the call returns."""
