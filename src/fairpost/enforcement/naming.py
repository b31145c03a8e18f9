"""The numbers that people see: D-17 is a decision, M-4 a measure, and so on."""

from __future__ import annotations

import re

from django.conf import settings

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LETTERS = {
    "decision": "D",
    "measure": "M",
    "case": "C",
    "appeal": "A",
    "notice": "N",
    "report": "R",
    "order": "O",
    "period": "P",
    "pause": "U",
}
NUMBER = re.compile(r"(?:([A-Za-z])-?)?([0-9]{1,9})")


def label(kind: str, number: int) -> str:
    return f"{LETTERS[kind]}-{number}"


def number_of(kind: str, text: str) -> int:
    """17 of `D-17`, `d17` or `17`. Raises Invalid for anything else and for another kind's letter."""
    match = NUMBER.fullmatch(text.strip())
    if match is None or (match[1] or LETTERS[kind]).upper() != LETTERS[kind]:
        raise Invalid(
            _("{text} is not the number of a {kind}.").format(text=repr(text), kind=kind),
            field=kind,
            hint=_("It looks like {example}.").format(example=label(kind, 17)),
        )
    return int(match[2])


def decision_url(decision_id: int) -> str:
    """Where everybody concerned reads what was decided."""
    return f"{settings.FAIRPOST.platform_url}/decision/{label('decision', decision_id)}"
