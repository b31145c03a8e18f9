"""Keeps every message that arrives, word for word, in one append-only file with an index: 100,000 mails,
two files.

A folder may hold the recordings of several sinks; `Recording` reads them as one and writes out .eml files
on demand.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one received message lies. `arrived` is on CLOCK_BOOTTIME, `epoch` seconds since 1970."""

    segment: Path
    offset: int
    size: int
    arrived: float
    epoch: float
    sender: str
    recipients: tuple[str, ...]


class RecordingStore:
    """Appends messages to `messages-PID-TIME.data` and a line for each to `.index`, both in `folder`."""

    keeps = True

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"messages-{os.getpid()}-{time.time_ns()}"
        self._data = (folder / f"{stem}.data").open("xb", buffering=1 << 20)
        self._index = (folder / f"{stem}.index").open("xb", buffering=1 << 16)
        self._offset = 0
        self.messages = 0
        self.first = 0.0
        self.last = 0.0

    def deliver(self, sender: bytes, recipients: list[bytes], content: bytes, octets: int, at: float) -> None:
        content = unstuffed(content[:-3])
        self._data.write(content)
        envelope = sender + b"\t" + b" ".join(recipients)
        self._index.write(
            b"%d\t%d\t%.6f\t%.6f\t%b\n" % (self._offset, len(content), at, time.time(), envelope)
        )
        self._offset += len(content)
        self.first = self.first or at
        self.last = at
        self.messages += 1

    def stats(self) -> dict[str, object]:
        """Figures so far; what they count can be read from the folder afterwards."""
        self.flush()
        seconds = self.last - self.first
        rate = round((self.messages - 1) / seconds, 1) if seconds > 0 else 0.0
        return {"messages": self.messages, "octets": self._offset, "rate": rate}

    def flush(self) -> None:
        """Data first, so that the index never speaks of what is not there."""
        if not self._data.closed:
            self._data.flush()
            self._index.flush()

    def close(self) -> None:
        self._data.close()
        self._index.close()


class Recording:
    """The messages recorded in a folder, as it stood when opened, in order of arrival per sink."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.entries = [entry for index in sorted(self.folder.glob("*.index")) for entry in read_index(index)]
        self._by_recipient: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for recipient in entry.recipients:
                self._by_recipient.setdefault(recipient.casefold(), []).append(entry)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @property
    def recipients(self) -> dict[str, int]:
        """How many messages came for each recipient (case-folded)."""
        return {recipient: len(entries) for recipient, entries in self._by_recipient.items()}

    def to(self, recipient: str) -> list[Entry]:
        """The messages for a recipient, compared without regard to case."""
        return self._by_recipient.get(recipient.casefold(), [])

    def content(self, entry: Entry) -> bytes:
        """The message as it was before dot-stuffing, with CRLF line ends."""
        with entry.segment.open("rb") as data:
            data.seek(entry.offset)
            return data.read(entry.size)

    def export(self, entry: Entry, folder: Path) -> Path:
        """Writes one message as an .eml file named after its recipient and offset."""
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9@.+-]", "_", entry.recipients[0])[:100]
        path = folder / f"{name}-{entry.segment.stem.rsplit('-', 1)[1]}-{entry.offset}.eml"
        path.write_bytes(self.content(entry))
        return path


def read_index(index: Path) -> Iterator[Entry]:
    segment = index.with_suffix(".data")
    for line in index.read_bytes().split(b"\n")[:-1]:
        offset, size, arrived, epoch, sender, to = line.decode("utf-8", "surrogateescape").split("\t")
        yield Entry(
            segment, int(offset), int(size), float(arrived), float(epoch), sender, tuple(to.split(" "))
        )


def unstuffed(content: bytes) -> bytes:
    """Content without the dots that were added for transparency (RFC 5321, 4.5.2)."""
    if content[:1] == b".":
        content = content[1:]
    return content.replace(b"\r\n.", b"\r\n") if b"\r\n." in content else content
