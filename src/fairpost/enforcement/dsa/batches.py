"""Splits statements into bulks that the database takes: all or nothing, 1 to 100 each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairpost.enforcement.dsa.validate import MOST_IN_BULK


def bulks(statements: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The bodies of the database's bulk request, in order; 101 statements (JSON objects) make two, of 100 and of 1."""
    for start in range(0, len(statements), MOST_IN_BULK):
        yield {"statements": list(statements[start : start + MOST_IN_BULK])}


def as_json(body: Mapping[str, Any]) -> str:
    """The body in UTF-8 without escapes, indented, with a final newline: what is written to files."""
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
