"""Rows that were not taken are written to a CSV file with line, column, value and reason, then the row itself."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from fairpost.contacts.imports.staging_rows import Reject

HEADER = ("line", "column", "value", "reason", "row")
SHOWN = 1_000


def append_rejects(path: Path, rejects: Iterable[Reject], at: int) -> int:
    """Writes rejects at byte `at`, cutting off whatever stood behind it, and returns where the file now ends.

    What a stopped import wrote after its last committed chunk is thus written over, never twice. The file
    is readable by its owner only: it holds people's addresses.
    """
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8", newline="") as file:
        file.truncate(at)
        file.seek(0, os.SEEK_END)
        writer = csv.writer(file)
        if at == 0:
            writer.writerow(HEADER)
        for each in rejects:
            given = (each.column, each.value[:SHOWN], each.reason, *each.row)
            writer.writerow([each.line, *(shown(value) for value in given)])
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def shown(value: str) -> str:
    """The value as text: bytes that are none in the encoding become question marks, NUL its picture."""
    return value.replace("\x00", "\u2400").encode("utf-8", "replace").decode()
