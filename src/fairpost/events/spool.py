"""A spool keeps what an edge took, on disk before it is acknowledged, until it is folded into the database.

Each serving process appends to files of its own, one for each sort: hits (records of `hits.py`), wishes (records of
`wishes.py`) and posts (records of `posts.py`). A file is named after the id under which `spool_offset` knows how far
it is folded. It carries an exclusive lock for as long as its process writes to it: whoever can lock it knows that
nothing will be added. A torn record can only be its last.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from uuid import UUID, uuid4

HITS, WISHES, POSTS = "hits", "wishes", "posts"
CHUNK = 4 * 1024 * 1024  # octets read at once bound the memory of a fold


class SpoolWriter:
    """A new spool in `folder`, which must exist. For one thread at a time."""

    def __init__(self, folder: Path, sort: str) -> None:
        self.spool = uuid4()
        self.path = folder / f"{self.spool}.{sort}"
        self.size = 0
        # Made under another name and locked first: a spool that can be seen is locked by its process.
        fresh = self.path.with_name(f"{self.path.name}.new")
        # O_DSYNC: a write returns when it is on disk, as if fdatasync followed it.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_DSYNC
        self.file = os.open(fresh, flags, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(fresh, self.path)
        sync_folder(folder)  # a power cut must not take the name of what was acknowledged

    def append(self, data: bytes) -> int:
        """Puts `data` at the end, durably, and returns the size then.

        After an OSError this spool may end in half a record: close it and begin another.
        """
        written = 0
        while written < len(data):
            written += os.write(self.file, data[written:])
        self.size += written
        return self.size

    def close(self) -> None:
        """Ends the spool: it is folded to its end now and removed."""
        os.close(self.file)


class SpoolReader:
    """A spool on its way into the database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spool = UUID(path.stem)
        self.file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self.locked = False

    def size(self) -> int:
        return os.fstat(self.file).st_size

    def read(self, offset: int, most: int = CHUNK) -> bytes:
        """What stands from `offset` on, at most so many octets; its end may be half a record."""
        return os.pread(self.file, most, offset)

    def is_dead(self) -> bool:
        """Whether nobody writes to it any more. Asked before reading: then nothing can come after what is read."""
        if not self.locked:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self.locked = True
        return True

    def remove(self) -> None:
        """Takes the file away for good; only then its offset may be forgotten, or it would be folded twice."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        self.close()

    def close(self) -> None:
        os.close(self.file)


def spools(folder: Path, sort: str) -> list[Path]:
    """The spools of one sort that lie in the folder."""
    return sorted(folder.glob(f"*.{sort}"))


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
