"""Any donation platform posts here what was given and given back, as JSON."""
