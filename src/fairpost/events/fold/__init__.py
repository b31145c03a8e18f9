"""What the edge spooled on its way into PostgreSQL."""
