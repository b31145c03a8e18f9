"""Campaigns that ended: counted once, and after a month kept in a fraction of the space."""
