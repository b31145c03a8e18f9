"""Fairpost: email marketing for many senders, with restrictions that say how."""

__version__ = "0.1.0"
