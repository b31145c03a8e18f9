"""What came a moment ago is not recorded again.

The same recipient's same open or click within ten seconds is one hit, so a pixel that is fetched a million times fills
no disk. It is also acknowledged no earlier than the first: both wait for the same write.
"""

from __future__ import annotations

from typing import Generic, TypeVar

SPAN = 10.0  # seconds for which something is remembered at least, and twice that at most
MOST = 20_000  # things that are remembered in one span; where there are more, the span is shorter

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Keeps values by key for a short while, in two generations."""

    def __init__(self) -> None:
        self.young: dict[bytes, Kept] = {}
        self.old: dict[bytes, Kept] = {}
        self.begun = 0.0

    def get(self, key: bytes, now: float) -> Kept | None:
        """What was put under `key` at most SPAN seconds ago, or a little longer; `now` in seconds."""
        if now - self.begun > SPAN or len(self.young) >= MOST:
            self.old = self.young if now - self.begun < 2 * SPAN else {}
            self.young = {}
            self.begun = now
        return self.young.get(key) or self.old.get(key)

    def put(self, key: bytes, value: Kept) -> None:
        self.young[key] = value
