"""Runs the periodic jobs, each by exactly one worker of all that are connected to the database.

Each job has a session-level advisory lock. The worker that holds it runs the job; the others ask again now
and then and take over as soon as the holder's session ends, however it ends (PostgreSQL releases the lock
with the session).
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Sequence

import psycopg
import structlog

from fairpost.kernel.clock import Clock, SystemClock
from fairpost.runtime.jobs import Job

LOCK_SPACE = 0x6A6F6273  # first half of the two-part advisory lock key: ours alone
ASK_AGAIN = 5.0
AFTER_FAILURE = 10.0

log = structlog.get_logger(__name__)


class Worker:
    """One thread per job; `stop` lets running jobs finish."""

    def __init__(self, jobs: Sequence[Job], database_url: str, clock: Clock | None = None) -> None:
        self.jobs = jobs
        self.database_url = database_url
        self.clock = clock or SystemClock()
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self.keep_running, args=(job,), name=job.name, daemon=True)
            for job in jobs
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self, patience: float = 30.0) -> bool:
        """Asks every job to end and says whether all did in time."""
        self.stopping.set()
        deadline = time.monotonic() + patience
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)

    def keep_running(self, job: Job) -> None:
        """Works on the job in one database session after another, for as long as there is a database."""
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self.database_url, autocommit=True) as session:
                    self.work(session, job)
            except psycopg.Error as error:
                log.warning("job.database_lost", job=job.name, error=str(error))
                self.stopping.wait(ASK_AGAIN)

    def work(self, session: psycopg.Connection, job: Job) -> None:
        """Runs the job again and again once this session holds its lock."""
        while not hold(session, job):
            if self.stopping.wait(ASK_AGAIN):
                return
        while not self.stopping.is_set():
            session.execute("SELECT 1")  # a dead session has lost the lock
            succeeded = self.run_once(job)
            self.stopping.wait(job.every if succeeded else max(job.every, AFTER_FAILURE))

    def run_once(self, job: Job) -> bool:
        """Runs the job and says whether it succeeded; what it raises is logged and ends nothing."""
        from django.db import close_old_connections

        began = time.monotonic()
        try:
            close_old_connections()
            done = job.function()(clock=self.clock)
        except Exception:
            log.exception("job.failed", job=job.name)
            return False
        else:
            if done:
                log.info("job.done", job=job.name, count=done, seconds=round(time.monotonic() - began, 3))
            return True
        finally:
            close_old_connections()


def hold(session: psycopg.Connection, job: Job) -> bool:
    """Takes the job's lock for this session, if no other session has it."""
    key = zlib.crc32(job.name.encode()) - 2**31
    row = session.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [LOCK_SPACE, key]).fetchone()
    return bool(row and row[0])
