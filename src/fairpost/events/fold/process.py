"""The folding process of an edge: carries what the serving processes spooled into PostgreSQL, and the links back.

Three threads with a connection each, so that a long fold of clicks keeps no unsubscribe waiting and no sender idle: one
for wishes, one for hits, one for posts and links. A database that is away is tried again until it is back.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.db import Error, connections

from fairpost.delivery.gate.edges import SILENT
from fairpost.events.fold.hits import HitFold
from fairpost.events.fold.links import LinkKeeper
from fairpost.events.fold.posts import PostFold
from fairpost.events.fold.wishes import OutOfTime, WishFold
from fairpost.events.promise import Promise
from fairpost.events.spool import HITS, POSTS, spools
from fairpost.kernel.clock import Clock

SEEN_EVERY = 0.4  # seconds between two times that the edge is seen, where nobody unsubscribes
LOOK = 0.02  # seconds between looks for wishes
TICK = 0.2  # seconds between steps of the other threads
PAUSE = 0.3  # seconds until the database is tried again
LAST_WAIT = 30.0  # seconds for serving processes that are ending to close their spools
AWAY_WAIT = 5.0  # seconds until the end does not wait for a database that is away

log = structlog.get_logger(__name__)


class Taken(Exception):
    """Another folding process has this folder."""


class EdgeFold:
    """Everything that is folded from `folder`. `connect` gives an autocommit psycopg connection."""

    def __init__(self, folder: Path, clock: Clock, connect: Callable[[], Any], host: str) -> None:
        self.folder = folder
        self.connect = connect
        self.stopped = threading.Event()
        self.failure: BaseException | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.lock)
            raise Taken(folder) from None
        self.promise = Promise(folder, SILENT)
        self.wishes = WishFold(folder, self.promise, clock, host)
        self.hits = HitFold(folder, clock)
        self.posts = PostFold(folder)
        self.links = LinkKeeper(folder, self.promise, clock)
        self.give_up = float("inf")

    def run(self) -> None:
        """Returns after `stop`, when all is folded or cannot be."""
        others = [
            threading.Thread(target=self.guarded, args=(self.fold_hits,), name="hits", daemon=True),
            threading.Thread(target=self.guarded, args=(self.fold_the_rest,), name="posts and links", daemon=True),
        ]
        for each in others:
            each.start()
        self.guarded(self.fold_wishes)
        for each in others:
            each.join(max(0.0, min(self.give_up, time.monotonic() + LAST_WAIT) - time.monotonic()))
        os.close(self.lock)
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """The serving processes are ending: folds what they leave, and ends."""
        self.give_up = min(self.give_up, time.monotonic() + LAST_WAIT)
        self.stopped.set()

    def guarded(self, work: Callable[[], None]) -> None:
        """What is a fault of ours ends the process, and its parent starts it again."""
        try:
            work()
        except BaseException as error:
            self.failure = self.failure or error
            self.stop()

    def fold_wishes(self) -> None:
        last = 0.0

        def step(connection: Any) -> bool:
            nonlocal last
            if self.stopped.is_set():
                return self.wishes.retire(connection)
            if time.monotonic() - last > SEEN_EVERY or self.wishes.waiting():
                last = time.monotonic()
                self.wishes.step(connection)
            return False

        self.keep_going("wishes", step, LOOK)

    def fold_hits(self) -> None:
        def step(connection: Any) -> bool:
            while self.hits.step(connection):
                pass
            behind = sum(each.reader.size() - each.offset for each in self.hits.spools.values())
            self.promise.set_hits_behind(behind)
            return self.stopped.is_set() and not spools(self.folder, HITS)

        self.keep_going("hits", step, TICK)

    def fold_the_rest(self) -> None:
        def step(connection: Any) -> bool:
            self.links.step(connection)
            while self.posts.step(connection):
                pass
            return self.stopped.is_set() and not spools(self.folder, POSTS)

        self.keep_going("posts and links", step, TICK)
        connections.close_all()

    def keep_going(self, what: str, step: Callable[[Any], bool], pause: float) -> None:
        """Calls `step` with a connection until it says that it is done, or the end cannot wait any longer."""
        connection = None
        away_since = None
        while True:
            now = time.monotonic()
            if self.failure is not None or now > self.give_up or self.too_long(away_since):
                break
            try:
                connection = connection or self.ready()
                if step(connection):
                    break
                away_since = None
                time.sleep(pause)
            except OutOfTime:
                log.warning("edge.slow", thread=what)
            except (psycopg.Error, Error, OSError) as error:  # a disk that is full, too
                if away_since is None:
                    log.warning("edge.fold_waits", thread=what, why=str(error).partition("\n")[0])
                    away_since = now
                connection = closed(connection)
                time.sleep(PAUSE)
        closed(connection)

    def too_long(self, away_since: float | None) -> bool:
        """Whether the end has waited long enough for a database that is away."""
        asked = self.give_up - LAST_WAIT
        return self.stopped.is_set() and away_since is not None and time.monotonic() > asked + AWAY_WAIT

    def ready(self) -> Any:
        connection = self.connect()
        # Who waits for a lock, or for a server in trouble, is better off trying again.
        connection.execute("SET lock_timeout = '2s'; SET statement_timeout = '60s'")
        return connection


def closed(connection: Any) -> None:
    if connection is not None:
        connection.close()
    connections.close_all()  # Django's own of this thread
