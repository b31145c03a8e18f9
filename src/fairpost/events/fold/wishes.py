"""Folds the unsubscribes of one machine's edge into PostgreSQL, and says there that the edge has nothing that is not.

Whatever was acknowledged is in the database before the edge is seen, in the same transaction; how that is proven is in
`fairpost/events/promise.py`. A long way behind, after an outage, it catches up in steps first, and is not seen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog

from fairpost.delivery.gate.edges import edge_seen, register_edge, retire_edge
from fairpost.events.fold.offsets import Displaced, folded_to, forget_offset, move_offset
from fairpost.events.promise import Promise
from fairpost.events.spool import WISHES, SpoolReader, spools, sync_folder
from fairpost.events.unsubscribing import Raced, unsubscribe_all
from fairpost.events.wishes import SIZE, Wish, read_wishes
from fairpost.kernel.clock import Clock, boottime

AT_ONCE = 1024  # wishes in one transaction: so many are folded well within a promise
EDGE_ID = "edge_id"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


class OutOfTime(Exception):
    """The promise ran out before it could be renewed: what was acknowledged meanwhile may not be in this fold."""


@dataclass(slots=True)
class Spool:
    """One spool on its way. Of the last look: its `wishes`, in how many `records`; `dead` where no more can come."""

    reader: SpoolReader
    offset: int
    wishes: tuple[Wish, ...] = ()
    records: int = 0
    dead: bool = False

    def look(self) -> None:
        self.dead = self.reader.is_dead()  # asked first: then nothing can come after what is read
        found = read_wishes(self.reader.read(self.offset, AT_ONCE * SIZE))
        if not self.dead and None in found:
            found = found[: found.index(None)]  # it is being written
        self.records = len(found)
        self.wishes = tuple(each for each in found if each is not None)

    def went_on(self) -> None:
        self.offset += self.records * SIZE
        self.wishes, self.records = (), 0

    def is_over(self) -> bool:
        """What is left of a process that is gone is no whole record: nobody was told that it was taken."""
        return self.dead and self.reader.size() - self.offset < SIZE


class WishFold:
    """The fold of the wishes in `folder`; the only one there, and for one thread."""

    def __init__(self, folder: Path, promise: Promise, clock: Clock, host: str) -> None:
        self.folder = folder
        self.promise = promise
        self.clock = clock
        self.host = host
        self.edge_id = read_id(folder)
        self.spools: dict[Path, Spool] = {}

    def waiting(self) -> bool:
        """Whether something was spooled since the last step; asks the disk only."""
        if len(spools(self.folder, WISHES)) != len(self.spools):
            return True
        return any(each.reader.size() >= each.offset + SIZE for each in self.spools.values())

    def step(self, connection: Any) -> int:
        """Folds everything and has the edge seen; says how many wishes that were.

        `connection` is an autocommit psycopg connection. Raises psycopg.OperationalError where the database is away,
        OutOfTime where it was too slow: call again, after the former with a new connection.
        """
        count = 0
        try:
            while True:
                begun = boottime()
                with self.held(begun) as hold:
                    self.open_spools(connection)
                    more = self.look()
                    count += sum(len(each.wishes) for each in self.spools.values())
                    if not more:
                        self.fold(connection, hold)
                        break
                self.fold(connection, None)  # not seen: what comes after these is not folded yet
        except (Displaced, Raced):
            self.forget()
            return count
        except BaseException:
            self.forget()
            raise
        self.promise.folded(begun)
        self.promise.register(True)
        self.remove_ended(connection)
        return count

    @contextmanager
    def held(self, begun: float) -> Iterator[Hold]:
        """Holds acknowledgements back from now on; for no longer than before where nothing comes of it."""
        before = self.promise.until
        hold = Hold(max(before, begun + self.promise.life))
        self.promise.hold_until(hold.until)
        try:
            yield hold
        finally:
            if not hold.committing:
                self.promise.hold_until(before)

    def open_spools(self, connection: Any) -> None:
        for path in spools(self.folder, WISHES):
            if path not in self.spools:
                reader = SpoolReader(path)
                with connection.cursor() as cursor:
                    self.spools[path] = Spool(reader, folded_to(cursor, reader.spool))

    def look(self) -> bool:
        """Reads what is next in every spool; True where more is there than that."""
        for each in self.spools.values():
            each.look()
        return any(each.records == AT_ONCE for each in self.spools.values())

    def fold(self, connection: Any, hold: Hold | None) -> None:
        """One transaction. With a hold the edge is seen in it; otherwise what is spooled is only carried on."""
        with connection.transaction(), connection.cursor() as cursor:
            for each in sorted(self.spools.values(), key=lambda each: each.reader.spool):
                if each.records:
                    move_offset(cursor, each.reader.spool, each.offset, each.offset + each.records * SIZE)
            for (account_id, campaign_id), wishes in by_campaign(each.wishes for each in self.spools.values()):
                unsubscribe_all(cursor, account_id, campaign_id, wishes)
            if hold is not None:
                self.be_seen(connection)
                renewed = boottime() + self.promise.life  # counted from after the server has set seen_at
                self.promise.hold_until(max(hold.until, renewed))
                if boottime() > hold.until:
                    raise OutOfTime
                hold.committing = True  # from here on it may have been seen, whatever we hear of it
        for each in self.spools.values():
            each.went_on()

    def be_seen(self, connection: Any) -> None:
        """Under a new id where nobody knows this one any more: the edge ended before, or it was declared lost."""
        if self.edge_id is None or not edge_seen(connection, self.edge_id):
            self.edge_id = uuid4()
            write_id(self.folder, self.edge_id)  # before the row is there: it must not outlive what can remove it
            register_edge(connection, self.edge_id, self.host, self.clock.now())
            log.info("edge.registered", edge=str(self.edge_id))

    def remove_ended(self, connection: Any) -> None:
        for path, spool in list(self.spools.items()):
            if spool.is_over():
                spool.reader.remove()
                with connection.cursor() as cursor:
                    forget_offset(cursor, spool.reader.spool)
                del self.spools[path]

    def retire(self, connection: Any) -> bool:
        """Ends the edge for good: senders wait for it no longer. False while a serving process still runs."""
        self.step(connection)
        if self.spools or spools(self.folder, WISHES):
            return False
        self.promise.register(False)  # nothing may be acknowledged alone any more
        if self.edge_id is not None:
            retire_edge(connection, self.edge_id)
        return True

    def forget(self) -> None:
        """In memory it may have gone further than in the database: the next step begins with what is there."""
        for spool in self.spools.values():
            spool.reader.close()
        self.spools.clear()


@dataclass(slots=True)
class Hold:
    """Until when (CLOCK_BOOTTIME) nothing is acknowledged alone, and whether that may have been relied on."""

    until: float
    committing: bool = False


def by_campaign(parts: Iterable[tuple[Wish, ...]]) -> list[tuple[tuple[int, int], dict[int, datetime]]]:
    """What to fold at once: ((account, campaign), {ordinal: when}), in the order in which every fold does it."""
    found: dict[tuple[int, int], dict[int, datetime]] = {}
    for wish in (each for part in parts for each in part):
        found.setdefault((wish.account_id, wish.campaign_id), {}).setdefault(wish.ordinal, moment(wish.at))
    return sorted(found.items())


def moment(at: int) -> datetime:
    return BEGINNING + timedelta(microseconds=at)


def read_id(folder: Path) -> UUID | None:
    """The id under which this folder's edge is known, where it was registered before."""
    try:
        return UUID((folder / EDGE_ID).read_text().strip())
    except (FileNotFoundError, ValueError):
        return None


def write_id(folder: Path, edge_id: UUID) -> None:
    draft = folder / f"{EDGE_ID}.new"
    with open(draft, "w") as file:
        file.write(f"{edge_id}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / EDGE_ID)
    sync_folder(folder)
