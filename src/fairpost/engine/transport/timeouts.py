"""How long the client waits at each step of the dialogue (RFC 5321, 4.5.3.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. The defaults are the minimum values of RFC 5321; `connect`, `quit` and `idle` are ours.

    `block` is the time for one block of content (64 kB) to leave; `idle` is how long a connection without
    work stays open, well below the five minutes after which servers close it with 421.
    """

    connect: float = 30.0
    banner: float = 300.0
    command: float = 300.0
    mail: float = 300.0
    rcpt: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    quit: float = 5.0
    idle: float = 60.0

    @property
    def tick(self) -> float:
        """How often a connection looks at its clock: fine enough for the shortest wait, at most 5 s."""
        return min(5.0, self.shortest / 4)

    @property
    def shortest(self) -> float:
        waits = (
            self.connect,
            self.banner,
            self.command,
            self.mail,
            self.rcpt,
            self.data,
            self.block,
            self.dot,
        )
        return min(*waits, self.quit, self.idle)


RFC_5321 = Timeouts()
