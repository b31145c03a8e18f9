"""Splits statements into bulks that the database takes: all or nothing, 1 to 100 each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairpost.enforcement.dsa.mapping import Statement
from fairpost.enforcement.dsa.validate import MOST_IN_BULK


def bulks(statements: Sequence[Statement]) -> Iterator[dict[str, Any]]:
    """The bodies of `POST /api/v1/statements`, in order; 101 statements make two, of 100 and of 1."""
    for start in range(0, len(statements), MOST_IN_BULK):
        yield {"statements": [each.fields for each in statements[start : start + MOST_IN_BULK]]}


def as_json(body: Mapping[str, Any]) -> str:
    """The body in UTF-8 without escapes, indented, with a final newline: what is written to files."""
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
