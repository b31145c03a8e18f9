"""Sorts a run of journal records into what they mean for each batch; no database here.

Only the end of a batch needs to know who was held back by pacing or refused by policy, so that is kept in memory: after
a crash of the fold these are simply pending again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from pyroaring import BitMap

from fairpost.engine.journal.record import RELAYS_FAULT, REPEATED, SIZE, STATES, Kind, parse

Key = tuple[int, int, int, int]  # account, campaign, batch, part
Place = tuple[int, int, int]  # account, campaign, batch


@dataclass(slots=True)
class Gathered:
    """What one run of records says of one batch: new states, and the records themselves for the trail."""

    states: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    trail: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class HeldBack:
    """Who of a leased part goes on later: by destination (pacing), or refused by policy."""

    by_destination: dict[str, list[int]] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)


class Collector:
    """Reads the records of one journal in order. `open` are intents without an outcome, by (place, ordinal)."""

    def __init__(self, open_intents: bytes = b"") -> None:
        self.open: dict[tuple[Place, int], bytes] = {}
        self.held: dict[Key, HeldBack] = {}
        self.gathered: dict[Place, Gathered] = {}
        self.returned: list[Key] = []
        for start in range(0, len(open_intents), SIZE):
            self.read(open_intents[start : start + SIZE])

    def read(self, data: bytes) -> None:
        """Takes in whole records (a multiple of 128 bytes)."""
        rows = parse(data)
        places = list(
            zip(rows["account"].tolist(), rows["campaign"].tolist(), rows["batch"].tolist(), strict=True)
        )
        kinds, ordinals = rows["kind"].tolist(), rows["ordinal"].tolist()
        for number, (kind, place, ordinal) in enumerate(zip(kinds, places, ordinals, strict=True)):
            if kind == Kind.INTENT:
                self.open[place, ordinal] = data[number * SIZE : (number + 1) * SIZE]
                continue
            record = data[number * SIZE : (number + 1) * SIZE]
            if kind == Kind.OUTCOME:
                self.open.pop((place, ordinal), None)
                gathered = self.at(place)
                state = STATES[int(rows["state"][number])]
                gathered.states.setdefault((state, reason_of(rows, number)), []).append(ordinal)
                gathered.trail.append(record)
            elif kind == Kind.NOT_SENT:
                self.open.pop((place, ordinal), None)
                if rows["code"][number]:  # the relay's word; without one it is simply pending again
                    self.at(place).trail.append(record)
                    if not rows["flags"][number] & RELAYS_FAULT:
                        self.part(rows, number).refused.append(ordinal)
            elif kind == Kind.CONTINUED:
                self.at(place).trail.append(record)
            elif kind == Kind.HELD:
                held = self.part(rows, number).by_destination
                held.setdefault(rows["text"][number].decode(), []).append(ordinal)
            elif kind == Kind.RETURNED:
                self.returned.append((*place, int(rows["part"][number])))

    def at(self, place: Place) -> Gathered:
        gathered = self.gathered.get(place)
        if gathered is None:
            gathered = self.gathered[place] = Gathered()
        return gathered

    def part(self, rows: np.ndarray, number: int) -> HeldBack:
        row = rows[number]
        key = (int(row["account"]), int(row["campaign"]), int(row["batch"]), int(row["part"]))
        return self.held.setdefault(key, HeldBack())

    def close_intents(self) -> None:
        """Resolves what a dead process left open: in doubt the first time, unknown the second."""
        for (place, ordinal), record in self.open.items():
            repeated = int(parse(record)["flags"][0]) & REPEATED
            self.at(place).states.setdefault(("unknown" if repeated else "in_doubt", ""), []).append(ordinal)
        self.open.clear()

    def taken(self) -> tuple[dict[Place, Gathered], list[Key]]:
        """What was gathered since the last call; forgets it."""
        gathered, returned = self.gathered, self.returned
        self.gathered, self.returned = {}, []
        return gathered, returned

    def open_records(self) -> bytes:
        """The open intents as records, to be stored beside the offset."""
        return b"".join(self.open.values())


def reason_of(rows: np.ndarray, number: int) -> str:
    """The reason in a record's text: its first line."""
    text: bytes = rows["text"][number]
    return text.partition(b"\n")[0].decode(errors="replace")


def bitmap(ordinals: Iterable[int]) -> BitMap:
    made = BitMap(ordinals)
    made.run_optimize()
    return made
