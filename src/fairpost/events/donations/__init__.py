"""Donations: what platforms state of them, and what is made of it, in any order and however often it comes."""
