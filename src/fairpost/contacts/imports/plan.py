"""A plan says how one file is read: encoding, delimiter and columns. It is kept for resuming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fairpost.contacts.imports.records import read_chunk


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file that becomes an attribute. `guessed`: its kind was not declared by anybody."""

    index: int
    header: str
    name: str
    kind: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`width` is the file's number of columns; those neither the address nor in `columns` are left out."""

    encoding: str
    skip: int
    delimiter: str
    header: bool
    width: int
    email: int
    columns: tuple[Column, ...]
    refuse_roles: bool = True
    keep: str = "last"

    def start(self, path: Path) -> tuple[int, int]:
        """(byte, line) at which the first record after the header starts."""
        if not self.header:
            return self.skip, 1
        with path.open("rb") as file:
            file.seek(self.skip)
            line = 1
            while True:
                chunk = read_chunk(file, line, 1, self.encoding, self.delimiter)
                line = chunk.next_line
                if chunk.broken or not chunk.rows or any(chunk.rows[0]):
                    return chunk.offset, line

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        return cls(**{**data, "columns": tuple(Column(**each) for each in data["columns"])})
