"""Records become rows for COPY: column by column, so that the common case costs few calls per value.

A row is (line, canonical, address or NULL, attributes as JSON) in COPY's text format. Whatever is not plain
takes the slow way, value by value, and is refused with line, column, value and reason where it cannot be
taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from fairpost.contacts.addresses.address import AROUND, parse_address
from fairpost.contacts.addresses.plain import PLAIN, PLAIN_SHORT, SHORT
from fairpost.contacts.imports.plan import Column, Plan
from fairpost.contacts.imports.records import Chunk
from fairpost.contacts.imports.values import LONGEST_TEXT, READERS, Unreadable
from fairpost.contacts.reasons import ERASED
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NULL = r"\N"
REMEMBERED = 20_000
# In a column joined by line feeds: what needs escaping for JSON or COPY, is refused, or is space at an edge.
NOT_CLEAN = re.compile(r'["\\\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]|[ \u00a0]\n|\n[ \u00a0]')


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not taken: where, which value, why, and the row itself."""

    line: int
    column: str
    value: str
    reason: str
    row: Sequence[str]


@dataclass(slots=True)
class Staged:
    """`data` in COPY's text format with `count` rows, and the rows refused."""

    data: bytes
    count: int
    rejects: list[Reject] = field(default_factory=list)


class Stager:
    """Turns the chunks of one file into staged rows and rejects, and remembers the values it has read."""

    def __init__(self, plan: Plan, erased: Container[str] = ()) -> None:
        self.plan = plan
        self.erased = erased
        self.pieces = {column.index: Pieces(column) for column in plan.columns}

    def stage(self, chunk: Chunk) -> Staged:
        for pieces in self.pieces.values():
            pieces.forget()
        return stage_rows(chunk, self.plan, self.pieces, self.erased)


def stage_rows(
    chunk: Chunk, plan: Plan, known: dict[int, Pieces] | None = None, erased: Container[str] = ()
) -> Staged:
    """Turns a chunk into staged rows and rejects. Every record is in exactly one of them, blank lines in none.

    Rows whose canonical address is among the `erased` are rejected, and nothing of them is written anywhere.
    """
    rejects = [Reject(each.line, "", each.excerpt, each.reason, ()) for each in chunk.broken]
    rows, lines = whole_rows(chunk, plan, rejects)
    if not rows:
        return Staged(b"", 0, rejects)
    columns = list(zip(*rows, strict=True))
    bad: dict[int, tuple[str, str, str]] = {}
    canonical, addresses = read_addresses(columns[plan.email], plan, bad)
    known = known or {column.index: Pieces(column) for column in plan.columns}
    pieces = [read_column(columns[each.index], known[each.index], bad) for each in plan.columns]
    objects = map("".join, zip(*pieces, strict=True)) if pieces else repeat("")
    out = [
        f"{line}\t{form}\t{address}\t{{{attributes[1:]}}}\n"
        for line, form, address, attributes in zip(lines, canonical, addresses, objects, strict=False)
    ]
    if erased:
        refuse_erased(canonical, erased, bad)
    if bad:
        rejects += [Reject(lines[at], *bad[at], rows[at] if bad[at][2] != ERASED else ()) for at in sorted(bad)]
        out = [row for at, row in enumerate(out) if at not in bad]
    return Staged("".join(out).encode(), len(out), sorted(rejects, key=lambda each: each.line))


def refuse_erased(canonical: Sequence[str], erased: Container[str], bad: dict[int, tuple[str, str, str]]) -> None:
    for at, form in enumerate(canonical):
        if form in erased:
            bad[at] = ("email", "", ERASED)


def whole_rows(chunk: Chunk, plan: Plan, rejects: list[Reject]) -> tuple[list[list[str]], Sequence[int]]:
    """The records with as many values as the plan has columns; blank lines are passed over."""
    if set(map(len, chunk.rows)) == {plan.width} and plan.width > 1:
        return chunk.rows, chunk.lines
    rows, lines = [], []
    for row, line in zip(chunk.rows, chunk.lines, strict=True):
        if len(row) == plan.width:
            rows.append(row)
            lines.append(line)
        elif any(value.strip() for value in row):
            reason = _("{found} values where the file has {expected} columns")
            rejects.append(
                Reject(line, "", "", reason.format(found=len(row), expected=plan.width), row),
            )
    return rows, lines


def read_addresses(
    given: Sequence[str], plan: Plan, bad: dict[int, tuple[str, str, str]]
) -> tuple[list[str], Sequence[str]]:
    """(canonical forms, addresses or NULL where they are the same)."""
    lowered = "\n".join(given).lower().split("\n")
    if len(lowered) != len(given):
        lowered = [each.lower() for each in given]
    found = list(map(matcher_for(lowered).match, lowered))
    addresses: list[str] = [
        NULL if text == low else f"{text.partition('@')[0]}@{low.partition('@')[2]}"
        for text, low in zip(given, lowered, strict=True)
    ]
    if None in found:
        for at, match in enumerate(found):
            if match is None:
                read_address(at, given[at], plan, lowered, addresses, bad)
    return lowered, addresses


def matcher_for(lowered: Sequence[str]) -> re.Pattern[str]:
    short = max(map(len, lowered)) <= SHORT and "xn--" not in "\n".join(lowered)
    return PLAIN_SHORT if short else PLAIN


def read_address(
    at: int,
    given: str,
    plan: Plan,
    canonical: list[str],
    addresses: list[str],
    bad: dict[int, tuple[str, str, str]],
) -> None:
    """The slow way for one address that is not plain."""
    try:
        address = parse_address(given.strip(AROUND))
    except Invalid as error:
        bad[at] = ("email", given, error.message)
        return
    if address.role and plan.refuse_roles:
        bad[at] = ("email", given, _("role address"))
    canonical[at] = address.canonical
    addresses[at] = NULL if address.address == address.canonical else address.address


def read_column(given: Sequence[str], pieces: Pieces, bad: dict[int, tuple[str, str, str]]) -> Sequence[str]:
    """For each value its piece of the JSON object, with a comma before it, or nothing where it is empty."""
    column = pieces.column
    if column.kind == "text" and is_clean(given):
        key = pieces.key
        return [f'{key}"{value}"' if value else "" for value in given]
    out = [pieces[value] for value in given]
    if pieces.refused:
        for at, value in enumerate(given):
            if value in pieces.refused and at not in bad:
                bad[at] = (column.header or column.name, value, reason_for(column, pieces.refused[value]))
    return out


def is_clean(given: Sequence[str]) -> bool:
    """Whether every value can stand between JSON's quotes as it is."""
    joined = "\n".join(given)
    if joined.count("\n") != len(given) - 1 or NOT_CLEAN.search(f"\n{joined}\n"):
        return False
    return max(map(len, given)) <= LONGEST_TEXT


class Pieces(dict[str, str]):
    """The piece of JSON for each distinct value of a column, read once while it is remembered."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column
        self.key = f",{json.dumps(column.name, ensure_ascii=False)}:".replace("\\", "\\\\")
        self.read = READERS[column.kind]
        self.refused: dict[str, str] = {}

    def forget(self) -> None:
        """Keeps memory bounded: between chunks, columns of many or of refused values start anew."""
        if len(self) > REMEMBERED or self.refused:
            self.clear()
            self.refused.clear()

    def __missing__(self, value: str) -> str:
        text = value.strip()
        piece = ""
        if text:
            try:
                piece = self.key + self.read(text).replace("\\", "\\\\")
            except Unreadable as error:
                self.refused[value] = str(error)
        self[value] = piece
        return piece


def reason_for(column: Column, reason: str) -> str:
    if not column.guessed:
        return reason
    hint = _("{reason} (the column was taken for {kind}; declare it: --type {name}=text)")
    return hint.format(reason=reason, kind=column.kind, name=column.name)
