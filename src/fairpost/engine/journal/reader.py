"""Reads a journal from an offset, and tells whether its process still lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from fairpost.engine.journal.record import whole_records

CHUNK = 4 * 1024 * 1024  # 32,768 records a step bound the memory of the fold


class JournalReader:
    """The journal at `path`, read by the fold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self.locked = False

    def read(self, offset: int) -> bytes:
        """Whole records from `offset` on, at most 4 MiB; empty when there is nothing more.

        A record that is not whole yet is left for the next call. In the journal of a dead process it is the torn tail
        of its last write, and stays unread for ever: an intent that was not whole was followed by no dot.
        """
        data = os.pread(self.file, CHUNK, offset)
        return data[: whole_records(data)]

    def writer_is_dead(self) -> bool:
        """Whether the sending process is gone. Once True the journal is ours: nobody writes to it again."""
        if not self.locked:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self.locked = True
        return True

    def sync(self) -> None:
        """Makes the journal durable against a power cut; the kernel alone already guards against killed processes."""
        os.fdatasync(self.file)

    def close(self) -> None:
        os.close(self.file)
