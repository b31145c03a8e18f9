"""Turns hits into what the database keeps: rows, sets of who did what, and counts; whole arrays at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
from pyroaring import BitMap

from fairpost.events.hits import NO_LINK as WITHOUT
from fairpost.events.kinds import BY_MACHINE, CLICK
from fairpost.events.members import CHUNK_BITS, LINK_CHUNK_BITS, NO_LINK, DayKey, SetKey, bitmap, chunk_of
from fairpost.events.totals import Total

HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
POSTGRESQL_EPOCH = 946_684_800_000_000  # 2000-01-01, in microseconds since 1970

# A row of COPY's binary format: how many fields, then for each its length and its value, big-endian.
ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("l1", ">i4"), ("account", ">i4"),
        ("l2", ">i4"), ("campaign", ">i4"),
        ("l3", ">i4"), ("ordinal", ">i4"),
        ("l4", ">i4"), ("kind", ">i2"),
        ("l5", ">i4"), ("machine", ">i2"),
        ("l6", ">i4"), ("link", ">i2"),
        ("l7", ">i4"), ("at", ">i8"),
    ]
)  # fmt: skip
BLANK = np.array((7, 4, 0, 4, 0, 4, 0, 2, 0, 2, 0, 2, 0, 8, 0), dtype=ROW)  # how many fields, how long each is
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TAIL = b"\xff\xff"


@dataclass(slots=True)
class Gathered:
    """What the hits of one account come to."""

    sets: dict[SetKey, BitMap] = field(default_factory=dict)
    days: dict[DayKey, BitMap] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)


def copy_rows(hits: np.ndarray, codes: np.ndarray) -> bytes:
    """The hits as rows of `event`, in COPY's binary format without its head and tail."""
    rows = np.full(len(hits), BLANK)
    for name in ("account", "campaign", "ordinal", "kind"):
        rows[name] = hits[name]
    rows["machine"] = codes
    rows["link"] = hits["link"].astype(np.int16)  # 65535 is -1, the honeypot -2
    rows["at"] = hits["at"].astype(np.int64) - POSTGRESQL_EPOCH
    return rows.tobytes()


def gather(hits: np.ndarray, codes: np.ndarray) -> dict[int, Gathered]:
    """By account: sets, sets of the day and counts of these hits, whose machines `codes` names."""
    found: dict[int, Gathered] = {}
    days = hits["at"] // DAY
    for day in np.unique(days):
        chosen = slice(None) if len(hits) and (days == day).all() else days == day
        gather_day(hits[chosen], codes[chosen], BEGINNING + timedelta(days=int(day)), found)
    return found


def gather_day(hits: np.ndarray, codes: np.ndarray, day: datetime, found: dict[int, Gathered]) -> None:
    campaigns = hits["account"].astype(np.uint64) << np.uint64(32) | hits["campaign"]
    known = np.unique(campaigns)
    kind = hits["kind"] + np.where(codes > 0, BY_MACHINE, 0).astype(np.uint8)
    # One number for campaign, kind and link; links count from -2, the honeypot.
    group = (np.searchsorted(known, campaigns).astype(np.uint64) << np.uint64(8) | kind) << np.uint64(16)
    clicked = (hits["kind"] == CLICK) & (hits["link"] != WITHOUT)
    link = (hits["link"][clicked] + np.uint16(2)).astype(np.uint64)
    named = np.concatenate((group | np.uint64(NO_LINK + 2), group[clicked] | link))
    kinds = np.unique(named)
    places = np.searchsorted(kinds, named)
    keys = [key_of(each, known) for each in kinds.tolist()]
    everybody = len(hits)
    for part, ordinals in ((slice(everybody), hits["ordinal"]), (slice(everybody, None), hits["ordinal"][clicked])):
        sets = places[part].astype(np.uint64) << np.uint64(32) | ordinals
        for place, members in sets_of(sets, CHUNK_BITS if part.stop else LINK_CHUNK_BITS):
            account, campaign, kind_, link_ = keys[place]
            chunk = chunk_of(int(members[0]), link_)
            mine = found.setdefault(account, Gathered())
            keep(mine.sets, (campaign, kind_, link_, chunk), members)
            if link_ == NO_LINK:
                keep(mine.days, (kind_, day.date(), chunk), members)
    hours = hits["at"] % DAY // HOUR
    counts = np.bincount(places * 24 + np.concatenate((hours, hours[clicked])).astype(np.int64))
    for number in np.flatnonzero(counts).tolist():
        place, hour = divmod(number, 24)
        at = day + timedelta(hours=hour)
        found.setdefault(keys[place][0], Gathered()).totals.append(Total(*keys[place], at, int(counts[number])))


def sets_of(keys: np.ndarray, chunk_bits: int) -> Iterator[tuple[int, np.ndarray]]:
    """(number of the set, its distinct ordinals within one chunk) for keys of set << 32 | ordinal."""
    if not len(keys):
        return
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    cuts = np.flatnonzero(np.diff(keys >> np.uint64(chunk_bits))) + 1
    ordinals = keys.astype(np.uint32)
    bounds = [0, *cuts.tolist(), len(keys)]
    for start, end in pairwise(bounds):
        yield int(keys[start]) >> 32, ordinals[start:end]


def key_of(number: int, campaigns: np.ndarray) -> tuple[int, int, int, int]:
    """(account, campaign, kind, link) of a number that stands for them."""
    campaign = int(campaigns[number >> 24])
    return campaign >> 32, campaign & 0xFFFFFFFF, number >> 16 & 0xFF, (number & 0xFFFF) - 2


def keep(sets: dict, key: tuple[int | date, ...], members: np.ndarray) -> None:
    """Adds to the set of the same key, where hits of several campaigns or days come together."""
    if key in sets:
        sets[key] |= bitmap(members)
    else:
        sets[key] = bitmap(members)
