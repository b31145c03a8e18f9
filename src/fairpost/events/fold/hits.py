"""Folds the hits of one machine's edge into PostgreSQL; killed at any moment, nothing is lost or counted twice.

All spools of a folder are folded together and in order of time, for what one recipient did may lie in several of them.
Hits wait until they are three seconds old: then what tells a machine from a person, within a second, is there. Rows,
sets, counts and offsets are committed in one transaction.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from fairpost.events.fold.gather import BEGINNING, COPY_HEAD, COPY_TAIL, copy_rows, gather
from fairpost.events.fold.machines import BURST_SPAN, HONEYPOT_SPAN, machines
from fairpost.events.fold.offsets import Displaced, folded_to, forget_offset, move_offset
from fairpost.events.fold.records import whole_hits
from fairpost.events.hits import HIT, HONEYPOT_LINK, SIZE
from fairpost.events.kinds import CLICK
from fairpost.events.listeners import tell_folded
from fairpost.events.members import add_day_sets, add_sets
from fairpost.events.spool import HITS, SpoolReader, spools
from fairpost.events.totals import add_totals

SETTLED = timedelta(seconds=3)
APART = 1_000_000  # microseconds from one step to the next: a fold that chased the edge would commit for ever
MOST = 1 << 19  # hits of one step: 16 MiB, and some ten times that while they are sorted
PART = 1 << 16  # rows handed to the server at once
BEFORE = 1 << 16  # hits before the offset that are looked at again after a start, for what belongs together
AHEAD = timedelta(minutes=1)  # hits of a later time than this are no later hits: the clock was set back
NOTHING = np.empty(0, dtype=HIT)
COPY = "COPY event (account_id, campaign_id, ordinal, kind, machine, link, at) FROM STDIN (FORMAT BINARY)"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Spool:
    """One spool on its way. `hits` and `good` are what was read behind `offset`; `dead` says that no more comes."""

    reader: SpoolReader
    offset: int
    hits: np.ndarray = field(default_factory=lambda: NOTHING)
    good: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    dead: bool = False
    cut: int = 0  # how many of `hits` go into this step

    def read(self, most: int) -> None:
        self.dead = self.reader.is_dead()  # asked first: then nothing can come after what is read
        data = self.reader.read(self.offset, most * SIZE)
        self.hits, self.good = whole_hits(data)

    def full(self, most: int) -> bool:
        """Whether more is there than was read."""
        return len(self.hits) == most

    def ends(self) -> tuple[int, int]:
        """Times of the first and the last whole hit."""
        first, last = self.hits["at"][self.good][[0, -1]].tolist()
        return first, last

    def cut_at(self, horizon: int, latest: int, most: int) -> None:
        """Takes what comes before the first whole hit that is younger than the horizon."""
        at = self.hits["at"]
        young = np.flatnonzero(self.good & (at > horizon) & (at <= latest))
        if len(young):
            self.cut = int(young[0])
        elif self.dead or self.full(most):
            self.cut = len(self.hits)
        else:
            # Behind the last whole hit nothing tells a record's age: it waits for the next one, or for the end.
            whole = np.flatnonzero(self.good)
            self.cut = int(whole[-1]) + 1 if len(whole) else 0

    def taken(self) -> np.ndarray:
        return whole(self.hits[: self.cut], self.good[: self.cut])

    def following(self) -> np.ndarray:
        return whole(self.hits[self.cut :], self.good[self.cut :])


class HitFold:
    """The fold of the hits in `folder`. For one thread at a time; a second one by mistake is harmless."""

    def __init__(self, folder: Path, clock: Any, most: int = MOST) -> None:
        self.folder = folder
        self.clock = clock
        self.most = most
        self.spools: dict[Path, Spool] = {}
        self.recent = NOTHING  # clicks of the last step that later ones may belong to
        self.damaged = 0
        self.folded_until = 0  # the last step took all that was older; 0 where it did not

    def step(self, connection: Any) -> int:
        """Folds what is old enough, up to some hundred thousand hits, and says how many that were; 0: nothing now.

        Spools of edges that are gone are folded to their end and removed. `connection` is an autocommit psycopg
        connection. Raises psycopg.OperationalError where the database is away: call again with a new connection.
        """
        try:
            self.open_spools(connection)
            now = microseconds(self.clock.now())
            if 0 <= now - self.folded_until < APART:
                return 0
            self.read_ahead(now)
            count = self.fold(connection)
        except BaseException as error:
            self.forget()  # in memory it may have gone further than in the database
            if isinstance(error, Displaced):
                return 0
            raise
        self.remove_ended(connection)
        return count

    def open_spools(self, connection: Any) -> None:
        for path in spools(self.folder, HITS):
            if path not in self.spools:
                reader = SpoolReader(path)
                with connection.cursor() as cursor:
                    offset = folded_to(cursor, reader.spool)
                self.spools[path] = Spool(reader, offset)
                start = max(0, offset - BEFORE * SIZE)
                hits, good = whole_hits(reader.read(start, offset - start))
                self.recent = np.concatenate((self.recent, telling(hits[good])))

    def read_ahead(self, now: int) -> None:
        """Reads each spool and cuts all of them at one time."""
        self.folded_until = now
        horizon, latest = now - SETTLED // timedelta(microseconds=1), now + AHEAD // timedelta(microseconds=1)
        most = max(1, self.most // max(1, len(self.spools)))
        for spool in self.spools.values():
            spool.read(most)
            if spool.full(most):
                self.folded_until = 0
            if spool.full(most) and spool.good.any():
                first, last = spool.ends()
                # The last second of what was read belongs together with what was not.
                horizon = min(horizon, last - BURST_SPAN if last - first > 2 * BURST_SPAN else last)
        for spool in self.spools.values():
            spool.cut_at(horizon, latest, most)

    def fold(self, connection: Any) -> int:
        moving = [each for each in self.spools.values() if each.cut]
        if not moving:
            return 0
        hits = in_order([each.taken() for each in moving])
        codes = machines(hits, np.concatenate([self.recent, *(each.following() for each in self.spools.values())]))
        real = hits["test"] == 0
        written, told = whole(hits, real), whole(codes, real)
        with connection.transaction(), connection.cursor() as cursor:
            for each in sorted(moving, key=lambda each: each.reader.spool):
                move_offset(cursor, each.reader.spool, each.offset, each.offset + each.cut * SIZE)
            write(cursor, written, told)
            tell_folded(cursor, written, told)
        count = sum(each.cut for each in moving)
        self.went_on(moving, hits)
        return count

    def went_on(self, moving: list[Spool], hits: np.ndarray) -> None:
        """Remembers what was committed."""
        for each in moving:
            damaged = each.cut - int(np.count_nonzero(each.good[: each.cut]))
            if damaged:
                self.damaged += damaged
                log.warning("hits.damaged", spool=str(each.reader.spool), offset=each.offset, records=damaged)
            each.offset += each.cut * SIZE
            each.hits, each.good, each.cut = each.hits[each.cut :], each.good[each.cut :], 0
        self.recent = telling(np.concatenate((self.recent, hits[hits["kind"] == CLICK])))

    def remove_ended(self, connection: Any) -> None:
        """Takes away spools of the dead that are folded to their end; half a record was never acknowledged."""
        for path, spool in list(self.spools.items()):
            if spool.dead and spool.reader.size() - spool.offset < SIZE:
                spool.reader.remove()
                with connection.cursor() as cursor:
                    forget_offset(cursor, spool.reader.spool)
                del self.spools[path]

    def forget(self) -> None:
        for spool in self.spools.values():
            spool.reader.close()
        self.spools.clear()
        self.recent = NOTHING
        self.folded_until = 0

    def close(self) -> None:
        self.forget()


def write(cursor: Any, hits: np.ndarray, codes: np.ndarray) -> None:
    """Rows, sets and counts of these hits, in the caller's transaction; accounts in order, as every fold does."""
    with ThreadPoolExecutor(1) as beside:  # while the server takes the rows in
        gathering = beside.submit(gather, hits, codes)
        with cursor.copy(COPY) as copy:
            copy.write(COPY_HEAD)
            for start in range(0, len(hits), PART):
                copy.write(copy_rows(hits[start : start + PART], codes[start : start + PART]))
            copy.write(COPY_TAIL)
    for account_id, gathered in sorted(gathering.result().items()):
        add_sets(cursor, account_id, gathered.sets)
        add_day_sets(cursor, account_id, gathered.days)
        add_totals(cursor, sorted(gathered.totals))


def whole(hits: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Those that are good: without a copy where all of them are."""
    return hits if good.all() else hits[good]


def in_order(parts: list[np.ndarray]) -> np.ndarray:
    """All of them by their time."""
    hits = parts[0] if len(parts) == 1 else np.concatenate(parts)
    at = hits["at"]
    return hits if (at[1:] >= at[:-1]).all() else hits[np.argsort(at, kind="stable")]


def telling(hits: np.ndarray) -> np.ndarray:
    """Those that can make machines of later hits: clicks of the last second, honeypots of the last minute."""
    hits = hits[hits["kind"] == CLICK]
    if not len(hits):
        return NOTHING
    at = hits["at"].astype(np.int64)
    last = int(at.max())
    return hits[(at >= last - BURST_SPAN) | ((hits["link"] == HONEYPOT_LINK) & (at >= last - HONEYPOT_SPAN))]


def microseconds(at: Any) -> int:
    return (at - BEGINNING) // timedelta(microseconds=1)
