"""Sign-ups by public forms: nothing is done before the address's owner has confirmed by mail (double opt-in)."""
