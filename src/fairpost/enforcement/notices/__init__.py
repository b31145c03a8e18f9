"""Notices tell everybody concerned what was decided about them, in their language, word for word as it is kept."""
