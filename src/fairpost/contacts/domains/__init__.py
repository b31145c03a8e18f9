"""What DNS says about the domains of contacts: asked once per distinct domain, kept for the whole installation."""
