"""What a sink needs from the place where its messages go."""

from __future__ import annotations

from typing import Protocol


class Store(Protocol):
    """Where received messages go. With `keeps` False the dialogue keeps only the beginning of a message."""

    keeps: bool

    def deliver(self, sender: bytes, recipients: list[bytes], content: bytes, octets: int, at: float) -> None:
        """One message, complete at `at` (seconds on CLOCK_BOOTTIME): dot-stuffed, without the final dot."""
        ...

    def stats(self) -> dict[str, object]: ...
