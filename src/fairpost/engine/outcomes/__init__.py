"""What relays answer, and what it means for a contact, a campaign or the relay."""
