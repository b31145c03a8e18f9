"""What comes back about single messages: whom it concerns, what it comes to, and what it does."""
