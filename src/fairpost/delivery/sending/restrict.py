"""Withholds the recipients whom measures in force select by list, segment or territory, each with all its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from pyroaring import BitMap

from fairpost.contacts.queries.among import among_lists, among_segments
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.scope.selector import Selector
from fairpost.engine.ports import Recipient

RESTRICTED = "restricted: "  # how the reason of a recipient who was withheld by measures begins


def restrict(
    connection: Any, account_id: int, recipients: Sequence[Recipient], filters: Sequence[Force], today: date
) -> tuple[list[Recipient], list[tuple[int, str]]]:
    """(those who may be written to, (ordinal, reason) of the others). The reason names every measure that selects."""
    reasons: dict[int, list[str]] = {}
    for force in filters:
        chosen = BitMap(each.ordinal for each in recipients)
        for selector in force.scope.per_recipient:
            chosen &= selected(connection, account_id, recipients, chosen, selector, today)
        for ordinal in chosen:
            reasons.setdefault(ordinal, []).append(force.name)
    kept = [each for each in recipients if each.ordinal not in reasons]
    return kept, [(ordinal, RESTRICTED + ", ".join(names)) for ordinal, names in sorted(reasons.items())]


def selected(
    connection: Any,
    account_id: int,
    recipients: Sequence[Recipient],
    ordinals: BitMap,
    selector: Selector,
    today: date,
) -> BitMap:
    """Whom of these one selector selects. A contact without a known territory is in none."""
    if selector.kind == "territory":
        attribute = settings.FAIRPOST.territory_attribute
        return BitMap(
            each.ordinal for each in recipients if str(each.attributes.get(attribute, "")).strip() in selector.values
        )
    numbers = [int(each) for each in selector.values]
    if selector.kind == "list":
        return among_lists(connection, account_id, ordinals, numbers)
    return among_segments(connection, account_id, ordinals, numbers, today)
