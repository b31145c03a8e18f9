"""Counts messages per recipient as fast as they come, so that a bench can tell lost from doubled at the far
end.

With a records file it also keeps, for each recipient of each message, the Message-ID and when the final dot
arrived on CLOCK_BOOTTIME, the clock by which permits expire.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD = struct.Struct("<dHH")


@dataclass(frozen=True, slots=True)
class Record:
    """One recipient of one message; `arrived` in seconds on CLOCK_BOOTTIME."""

    arrived: float
    recipient: bytes
    message_id: bytes


class CountingStore:
    """Counts in memory; memory grows with the number of different recipients."""

    keeps = False

    def __init__(self, records: Path | None = None) -> None:
        self.counts: dict[bytes, int] = {}
        self.messages = 0
        self.octets = 0
        self.first = 0.0
        self.last = 0.0
        self._records = records.open("wb", buffering=1 << 20) if records is not None else None

    def deliver(self, sender: bytes, recipients: list[bytes], content: bytes, octets: int, at: float) -> None:
        if not self.messages:
            self.first = at
        self.messages += 1
        self.octets += octets
        self.last = at
        for recipient in recipients:
            self.counts[recipient] = self.counts.get(recipient, 0) + 1
        if self._records is not None:
            message_id = message_id_of(content)
            for recipient in recipients:
                self._records.write(HEAD.pack(at, len(recipient), len(message_id)) + recipient + message_id)

    def stats(self) -> dict[str, object]:
        """Figures so far. `rate` is messages per second between the first and the last message."""
        seconds = self.last - self.first
        return {
            "messages": self.messages,
            "recipients": len(self.counts),
            "doubled": sum(1 for count in self.counts.values() if count > 1),
            "octets": self.octets,
            "first": self.first,
            "last": self.last,
            "rate": round((self.messages - 1) / seconds, 1) if seconds > 0 else 0.0,
        }

    def flush(self) -> None:
        if self._records is not None:
            self._records.flush()

    def close(self) -> None:
        if self._records is not None:
            self._records.close()


def message_id_of(content: bytes) -> bytes:
    """The Message-ID of a message without its brackets; empty where the beginning that is kept holds none."""
    head = content[: content.find(b"\r\n\r\n") + 2] if b"\r\n\r\n" in content else content
    start = head.find(b"\r\nMessage-ID:")
    if start < 0:
        start = (b"\r\n" + head).lower().find(b"\r\nmessage-id:") - 2
        if start < -2:
            return b""
    value = head[start + 13 :].lstrip().split(b"\r\n", 1)[0]
    return value.strip().strip(b"<>")


def read_records(path: Path) -> Iterator[Record]:
    """The records of a counting sink, in order of arrival, without one that a crash cut off."""
    data = path.read_bytes()
    at = 0
    while at + HEAD.size <= len(data):
        arrived, to_size, id_size = HEAD.unpack_from(data, at)
        at += HEAD.size
        if at + to_size + id_size > len(data):
            return
        yield Record(arrived, data[at : at + to_size], data[at + to_size : at + to_size + id_size])
        at += to_size + id_size
