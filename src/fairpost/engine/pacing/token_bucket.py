"""Keeps a rate: so many messages a second, and a bounded burst after a rest."""

from __future__ import annotations


class TokenBucket:
    """Holds this sender's share of a limit. Times are seconds on any steady clock, given by the caller.

    `rate` is messages per second for all senders together, `share` this sender's part of it (0 to 1),
    `burst` how many messages may leave at once after a rest, of all senders together. At least one message
    always fits the bucket.
    """

    def __init__(self, rate: float, burst: float, now: float, share: float = 1.0) -> None:
        if rate <= 0 or burst <= 0 or not 0 <= share <= 1:
            raise ValueError("rate and burst must be above 0, share between 0 and 1")
        self.rate = rate
        self.burst = burst
        self.share = share
        self._tokens = self._room()
        self._at = now

    def take(self, now: float, count: int = 1) -> bool:
        """Takes `count` tokens and says True, or takes none and says False."""
        self._refill(now)
        if self._tokens + 1e-9 < count:
            return False
        self._tokens -= count
        return True

    def give_back(self, count: int = 1) -> None:
        """Puts back tokens of messages that did not leave after all."""
        self._tokens = min(self._room(), self._tokens + count)

    def wait(self, now: float, count: int = 1) -> float:
        """Seconds until `count` tokens are there; infinite with a share of 0 or a count that never fits."""
        self._refill(now)
        missing = count - self._tokens
        if missing <= 1e-9:
            return 0.0
        if not self.share or count > self._room():
            return float("inf")
        return missing / (self.rate * self.share)

    def change(self, now: float, *, rate: float | None = None, share: float | None = None) -> None:
        """Sets a new rate or share from now on; tokens over the new room are lost."""
        self._refill(now)
        self.rate = self.rate if rate is None else rate
        self.share = self.share if share is None else share
        self._tokens = min(self._tokens, self._room())

    def _room(self) -> float:
        return max(1.0, self.burst * self.share) if self.share else 0.0

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(self._room(), self._tokens + (now - self._at) * self.rate * self.share)
            self._at = now
