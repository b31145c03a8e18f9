"""Tables of this app; imported by this app only."""
