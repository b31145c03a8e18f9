"""Records are read in chunks that end at record boundaries, in bounded memory whatever the file holds.

A record that cannot be read (a quote that never closes, an endless line) is given back as broken with its
line and reason, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import methodcaller
from typing import BinaryIO

from fairpost.kernel.text import _

LONGEST_LINE = 1 << 20  # bytes; the csv module itself stops at 131,072 characters a field
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """A line from which no record could be read."""

    line: int
    excerpt: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records with the line each starts on, and the byte and line at which the next chunk starts."""

    rows: list[list[str]]
    lines: Sequence[int]
    broken: list[Broken]
    offset: int
    next_line: int


class EndlessLine(Exception):
    """A line longer than `LONGEST_LINE`."""


def read_chunk(file: BinaryIO, line: int, count: int, encoding: str, delimiter: str) -> Chunk:
    """Up to `count` records from the file's position on, which must be a record's start on line `line`.

    Bytes that are no text in the encoding come as lone surrogates (PEP 383). No rows, none broken: the end.
    """
    start = file.tell()
    reader = records_of(file, encoding, delimiter)
    try:
        rows = list(islice(reader, count))
    except (csv.Error, EndlessLine):
        file.seek(start)
        return read_carefully(file, line, count, encoding, delimiter)
    next_line = line + reader.line_num
    lines = range(line, next_line) if reader.line_num == len(rows) else starts_of(rows, line)
    return Chunk(rows, lines, [], file.tell(), next_line)


def read_carefully(file: BinaryIO, line: int, count: int, encoding: str, delimiter: str) -> Chunk:
    """The same, record by record, giving up on a line where it must."""
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: list[Broken] = []
    reader, before = records_of(file, encoding, delimiter), 0
    while len(rows) + len(broken) < count:
        start = file.tell()
        try:
            row = next(reader, None)
        except (csv.Error, EndlessLine) as error:
            file.seek(start)
            broken.append(Broken(line, skip_line(file, encoding), reason_of(error)))
            line += 1
            reader, before = records_of(file, encoding, delimiter), 0
            continue
        if row is None:
            break
        rows.append(row)
        lines.append(line)
        line += reader.line_num - before
        before = reader.line_num
    return Chunk(rows, lines, broken, file.tell(), line)


def records_of(file: BinaryIO, encoding: str, delimiter: str):
    decode = methodcaller("decode", encoding, "surrogateescape")
    return csv.reader(map(decode, lines_of(file)), delimiter=delimiter, strict=True)


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    for line in iter(partial(file.readline, LONGEST_LINE), b""):
        if len(line) >= LONGEST_LINE:
            raise EndlessLine
        yield line


def skip_line(file: BinaryIO, encoding: str) -> str:
    """Passes over one line of any length and gives its beginning."""
    line = file.readline(LONGEST_LINE)
    excerpt = line[:EXCERPT].decode(encoding, "replace").rstrip("\r\n")
    while line and not line.endswith(b"\n"):
        line = file.readline(LONGEST_LINE)
    return excerpt


def reason_of(error: Exception) -> str:
    words = str(error)
    if isinstance(error, EndlessLine):
        return _("the line is longer than {limit} bytes").format(limit=LONGEST_LINE)
    if "field limit" in words:
        return _("a field is longer than {limit} characters, or a quote never closes").format(limit=131072)
    if "end of data" in words:
        return _("a quote opened here never closes")
    if "expected after" in words:
        return _("there is text after a closing quote; a quote inside a value is written twice")
    if "new-line character" in words:
        return _("a line break outside quotes in the middle of a line")
    return words


def starts_of(rows: list[list[str]], line: int) -> list[int]:
    """The line each record starts on, where values hold line breaks."""
    starts = []
    for row in rows:
        starts.append(line)
        line += 1 + sum(value.count("\n") for value in row)
    return starts
