"""Heads that somebody kept outside are read as JSON lines, as a JSON list, or as the register's answer."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from fairpost.audit.queries.heads import Head
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

HASH = re.compile(r"[0-9a-f]{64}")


def read_heads(text: str) -> list[Head]:
    """The heads in `text`, each an object with sequence, hash and at; raises Invalid with the place of a fault."""
    try:
        whole = json.loads(text)
    except ValueError:
        return [head_of(each, number) for number, each in enumerate(text.splitlines(), 1) if each.strip()]
    if isinstance(whole, dict) and "sequence" not in whole:
        whole = whole.get("items", whole.get("heads"))
    listed = whole if isinstance(whole, list) else [whole]
    return [head_of(each, number) for number, each in enumerate(listed, 1)]


def head_of(given: Any, number: int) -> Head:
    try:
        held = json.loads(given) if isinstance(given, str) else given
        digest = str(held["hash"]).lower()
        sequence = int(held["sequence"])
        if sequence < 1 or not HASH.fullmatch(digest):
            raise ValueError("sequence or hash")
        return Head(sequence, digest, datetime.fromisoformat(held["at"]))
    except (ValueError, KeyError, TypeError):
        raise Invalid(
            _("Entry {number} is no head of the record.").format(number=number),
            field="heads",
            hint=_('A head is {"sequence": 12, "hash": "64 hexadecimal digits", "at": "2027-03-01T08:00:00Z"}.'),
        ) from None
