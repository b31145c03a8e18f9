"""Reads a growing log from where it was left, through rotation, emptying in place and lines of any length."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fairpost.delivery.reach.adapter import OutOfReach
from fairpost.kernel.text import _

CHUNK = 1 << 20
HEAD = 256  # bytes that tell a file from the one that was there before


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log: the file by device and inode, the offset, and the file's first bytes."""

    device: int = 0
    inode: int = 0
    position: int = 0
    head: bytes = b""

    def in_file(self, found: os.stat_result) -> bool:
        return (self.device, self.inode) == (found.st_dev, found.st_ino)


def end_of(path: Path) -> Place:
    """Where the log ends now. Raises OutOfReach."""
    with LogFile(path) as log:
        return Place(log.found.st_dev, log.found.st_ino, log.found.st_size)


def lines_after(path: Path, place: Place, until: Place | None = None) -> Iterator[tuple[bytes, Place]]:
    """(whole lines, the place behind them), in order, as far as the log goes now, or up to `until`.

    What a rotation moved to another name in the same folder is read to its end first. Raises OutOfReach.
    """
    with LogFile(path) as log:
        if place.inode and not place.in_file(log.found):
            older = moved(path, place)
            if older is not None:
                with LogFile(older) as rest:
                    yield from rest.lines(place, None)
            place = Place()
        yield from log.lines(place, until)


def moved(path: Path, place: Place) -> Path | None:
    """The file that the place is in, under its new name; None where it was deleted or packed."""
    for each in os.scandir(path.parent):
        if each.name.startswith(path.name) and each.is_file(follow_symlinks=False) and place.in_file(each.stat()):
            return Path(each.path)
    return None


class LogFile:
    """One open file of a log."""

    def __init__(self, path: Path) -> None:
        try:
            # A pipe in its place would keep us waiting for ever.
            self.file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise OutOfReach(_("{path}: {error}.").format(path=path, error=error.strerror)) from None
        self.found = os.fstat(self.file)
        if not stat.S_ISREG(self.found.st_mode):
            os.close(self.file)
            raise OutOfReach(_("{path} is not a file.").format(path=path))

    def __enter__(self) -> LogFile:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self.file)

    def lines(self, place: Place, until: Place | None) -> Iterator[tuple[bytes, Place]]:
        head = os.pread(self.file, HEAD, 0)
        position = place.position
        if place.in_file(self.found) and not head.startswith(place.head) or self.found.st_size < position:
            position = 0  # emptied in place, and perhaps longer again than it was
        stop = until.position if until is not None and until.in_file(self.found) else None
        while stop is None or position < stop:
            data = os.pread(self.file, CHUNK if stop is None else min(CHUNK, stop - position), position)
            whole = data.rfind(b"\n") + 1
            if not whole:
                if len(data) < CHUNK:
                    return
                position = self.behind_line(position)
                if position < 0:
                    return
                continue
            position += whole
            yield data[:whole], Place(self.found.st_dev, self.found.st_ino, position, head)

    def behind_line(self, position: int) -> int:
        """The start of the line after one that is longer than a chunk; -1 where it has not ended yet."""
        while data := os.pread(self.file, CHUNK, position):
            found = data.find(b"\n")
            if found >= 0:
                return position + found + 1
            position += len(data)
        return -1
