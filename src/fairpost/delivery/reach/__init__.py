"""Reaches into the queues of relays: holds, releases and discards what they accepted and have not delivered."""
