"""Folds the journals of this machine into PostgreSQL several times a second.

For each journal: what it holds beyond the stored offset becomes rows, and the rows, the new offset and the intents that
are still open are committed together. Killed at any moment, the fold goes on from the last commit. A journal whose
process is dead is folded to its end, its open intents are resolved, its leases go back, and then it is removed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from fairpost.delivery.fold.apply import apply_states, finish_if_done, return_part, store_trail
from fairpost.delivery.fold.collect import Collector, Gathered, Key, Place
from fairpost.engine.journal.reader import CHUNK, JournalReader
from fairpost.engine.journal.record import SIZE
from fairpost.kernel.clock import Clock

TICK = 0.2  # seconds
LAST_WAIT = 20.0  # seconds for sending processes that are ending to close their journals


class JournalFold:
    """One journal on its way into the database."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.sender = UUID(path.stem)
        self.reader = JournalReader(path)
        self.clock = clock
        self.collector: Collector | None = None
        self.offset = 0
        self.gone = False

    def step(self, connection: Any) -> int:
        """Folds what is there (at most 4 MiB). Returns the bytes taken; `gone` is set when the journal is finished."""
        if self.collector is None and not self.load(connection):
            return 0
        dead = self.reader.writer_is_dead()  # asked before reading: then nothing can come after what is read
        data = self.reader.read(self.offset)
        if not data and not dead:
            return 0
        collector = self.collector
        assert collector is not None
        try:
            self.fold(connection, collector, data, last=dead and not data)
        except BaseException:
            self.collector = None  # in memory it went further than in the database: start again from there
            raise
        return len(data)

    def load(self, connection: Any) -> bool:
        """Reads where the last fold stopped. A journal without a sender row was abandoned by an operator."""
        row = connection.execute(
            "SELECT folded, open_intents FROM sender WHERE sender_id = %s", [self.sender]
        ).fetchone()
        if row is None:
            # Registered before its first record: no row means abandoned, or a process killed before it registered.
            if self.reader.writer_is_dead():
                self.retire()
            return False
        self.offset = row[0]
        self.collector = Collector(bytes(row[1]))
        return True

    def fold(self, connection: Any, collector: Collector, data: bytes, last: bool) -> None:
        now = self.clock.now()
        if data:
            self.reader.sync()
        collector.read(data)
        with connection.transaction(), connection.cursor() as cursor:
            # The row's lock makes a second fold of the same journal (started by mistake) wait, then see its offset.
            cursor.execute("SELECT folded FROM sender WHERE sender_id = %s FOR UPDATE", [self.sender])
            row = cursor.fetchone()
            if row is None or row[0] != self.offset:
                raise Displaced(self.path)
            if last:
                collector.close_intents()
            gathered, returned = collector.taken()
            self.write(cursor, gathered, now)
            if last:
                returned = leases_of(cursor, self.sender)
            for key in returned:
                return_part(cursor, key, self.sender, collector.held.pop(key, None), now)
            for account_id, campaign_id in {key[:2] for key in returned}:
                finish_if_done(cursor, account_id, campaign_id, now)
            if last:
                cursor.execute("DELETE FROM sender WHERE sender_id = %s", [self.sender])
            else:
                cursor.execute(
                    "UPDATE sender SET folded = %s, open_intents = %s WHERE sender_id = %s",
                    [self.offset + len(data), collector.open_records(), self.sender],
                )
        self.offset += len(data)
        if last:
            self.retire()

    def write(self, cursor: Any, gathered: dict[Place, Gathered], now: Any) -> None:
        for place in sorted(gathered):  # one order for all folds, so that two of them never wait in a circle
            if gathered[place].states:
                apply_states(cursor, place, gathered[place].states)
            store_trail(cursor, place, self.sender, self.offset, gathered[place], now)

    def retire(self) -> None:
        self.path.unlink(missing_ok=True)
        self.reader.close()
        self.gone = True


class Displaced(Exception):
    """Another fold moved this journal on, or it was abandoned; it is read anew from the stored offset."""


def leases_of(cursor: Any, sender: UUID) -> list[Key]:
    cursor.execute(
        "SELECT account_id, campaign_id, batch_no, part FROM batch WHERE state = 'leased' AND sender_id = %s"
        " ORDER BY 1, 2, 3, 4",
        [sender],
    )
    return cursor.fetchall()


def fold_directory(
    directory: Path,
    clock: Clock,
    connect: Callable[[], Any],
    stopped: Callable[[], bool],
    waiting: Callable[[str], None],
) -> None:
    """Folds every journal in `directory` until `stopped()`, and then until the journals of ending processes are done.

    `connect` gives an autocommit psycopg connection and is called again after the database was away; `waiting` is told
    why when it is.
    """
    import psycopg

    journals: dict[Path, JournalFold] = {}
    connection = None
    give_up = float("inf")
    while True:
        began = time.monotonic()
        if stopped():
            give_up = min(give_up, began + LAST_WAIT)
        try:
            connection = connection or connect()
            for path in sorted(directory.glob("*.journal")):
                if path not in journals:
                    journals[path] = JournalFold(path, clock)
            for path, journal in list(journals.items()):
                fold_one(journal, connection)
                if journal.gone:
                    del journals[path]
        except psycopg.OperationalError as error:
            waiting(str(error).partition("\n")[0])
            connection = None
            time.sleep(TICK)
        if time.monotonic() > give_up or (give_up < float("inf") and not journals):
            return
        time.sleep(max(0.0, TICK - (time.monotonic() - began)))


def fold_one(journal: JournalFold, connection: Any) -> None:
    try:
        # What came while this was folded waits for the next tick: a fold that chased the writer would commit for ever.
        while journal.step(connection) > CHUNK - SIZE:
            pass
    except Displaced:
        pass
