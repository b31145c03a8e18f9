"""Tells machines from people by what a request says of itself: its method, its purpose, the name it goes by.

The names are in agents.csv. Nothing of the request is kept but the number that comes out (events/kinds.py). What only
many hits together can tell, such as several links within a second, is found when they are folded.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from fairpost.events.kinds import APPLE, GATEWAY, HEAD, PERSON, PREFETCH, PROGRAM, PROXY

CODES = {"apple": APPLE, "proxy": PROXY, "gateway": GATEWAY, "prefetch": PREFETCH, "program": PROGRAM}
OPENS, CLICKS = "open", "click"
# Browsers that fetch before anybody asked say so: Sec-Purpose (Fetch standard), and its forerunners.
PURPOSES = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
AHEAD = (b"prefetch", b"prerender", b"preview")
LONGEST = 400  # octets of a name that are looked at
MOST = 2048  # names that are remembered with what they are


class Name(NamedTuple):
    """One line of the table."""

    code: int
    whole: bool
    text: str


class Agents:
    """What requests of one sort (OPENS or CLICKS) come from."""

    def __init__(self, sort: str) -> None:
        lines = csv.DictReader((files("fairpost.edge") / "agents.csv").read_text(encoding="utf-8").splitlines())
        self.names = [
            Name(CODES[line["machine"]], line["match"] == "is", line["text"])
            for line in lines
            if line["of"] in ("any", sort)
        ]
        self.known: dict[bytes, int] = {}

    def code(self, method: str, headers: Mapping[bytes, bytes]) -> int:
        """PERSON, or the number of the machine. Header names are in lower case."""
        if method == "HEAD":
            return HEAD
        if not PURPOSES.isdisjoint(headers) and any(
            each in headers.get(name, b"").lower() for name in PURPOSES for each in AHEAD
        ):
            return PREFETCH
        agent = headers.get(b"user-agent", b"")[:LONGEST]
        found = self.known.get(agent)
        if found is None:
            if len(self.known) >= MOST:
                self.known.clear()
            found = self.known[agent] = self.named(agent.decode("latin-1").strip().lower())
        return found

    def named(self, agent: str) -> int:
        for name in self.names:
            if agent == name.text if name.whole else name.text in agent:
                return name.code
        return PERSON
