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
    everybody = BitMap(each.ordinal for each in recipients)
    chosen = Chosen(connection, account_id, recipients, everybody, filters, today)
    reasons: dict[int, list[str]] = {}
    for force in filters:
        members = everybody.copy()
        for selector in force.scope.per_recipient:
            members &= chosen.by(selector)
        for ordinal in members:
            reasons.setdefault(ordinal, []).append(force.name)
    kept = [each for each in recipients if each.ordinal not in reasons]
    return kept, [(ordinal, RESTRICTED + ", ".join(names)) for ordinal, names in sorted(reasons.items())]


class Chosen:
    """Whom of one batch each list, segment and territory selects, all of them looked up together."""

    def __init__(
        self,
        connection: Any,
        account_id: int,
        recipients: Sequence[Recipient],
        ordinals: BitMap,
        filters: Sequence[Force],
        today: date,
    ) -> None:
        numbers = {
            kind: {int(value) for each in filters for value in each.scope.values(kind)} for kind in ("list", "segment")
        }
        self.members: dict[tuple[str, str], BitMap] = {}
        for number, members in among_lists(connection, account_id, ordinals, numbers["list"]).items():
            self.members["list", str(number)] = members
        for number, members in among_segments(connection, account_id, ordinals, numbers["segment"], today).items():
            self.members["segment", str(number)] = members
        if any(each.scope.values("territory") for each in filters):
            self.see_territories(recipients)

    def see_territories(self, recipients: Sequence[Recipient]) -> None:
        """A contact without a known territory is in none."""
        attribute = settings.FAIRPOST.territory_attribute
        for each in recipients:
            territory = str(each.attributes.get(attribute, "")).strip()
            self.members.setdefault(("territory", territory), BitMap()).add(each.ordinal)

    def by(self, selector: Selector) -> BitMap:
        """Those whom a selector selects."""
        found = [self.members[selector.kind, each] for each in selector.values if (selector.kind, each) in self.members]
        return BitMap.union(*found) if found else BitMap()
