"""Appends records to the journal of one sending process.

The file carries an exclusive lock for as long as its process lives: whoever can lock it knows that the process is dead
and that nothing will be added. Outcomes wait in memory until the next intent or the end of the event loop's turn and go
out in the same `write`; a connection's outcome is therefore always on disk before its next intent, so that a killed
process leaves at most one intent without an outcome per connection.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class JournalWriter:
    """The open journal at `path` (created; it must not exist)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.waiting: list[bytes] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made under another name and locked first: a journal that can be seen is locked by its process.
        fresh = path.with_suffix(".new")
        self.file = os.open(fresh, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(fresh, path)

    def add(self, record: bytes) -> None:
        """Keeps a record until the next `flush`."""
        self.waiting.append(record)

    def flush(self) -> None:
        """Writes everything that waits, in order, with one system call."""
        if self.waiting:
            data = b"".join(self.waiting)
            self.waiting.clear()
            self.write(data)

    def write_now(self, record: bytes) -> None:
        """Writes what waits and `record` behind it; when this returns the kernel has it."""
        if self.waiting:
            self.waiting.append(record)
            record = b"".join(self.waiting)
            self.waiting.clear()
        self.write(record)

    def write(self, data: bytes) -> None:
        written = os.write(self.file, data)
        while written < len(data):  # a full disk or a signal: never leave half a record behind in silence
            data = data[written:]
            written = os.write(self.file, data)

    def close(self) -> None:
        self.flush()
        os.close(self.file)
