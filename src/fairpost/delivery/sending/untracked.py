"""Marks, at every lease, the recipients who must not be followed: their mail has no pixel and no rewritten link."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.conf import settings
from pyroaring import BitMap

from fairpost.contacts.tracking import TrackingOff, tracking_off
from fairpost.engine.ports import Recipient


def mark_untracked(
    connection: Any, account_id: int, recipients: list[Recipient], list_ids: Collection[int], *, test: bool
) -> list[Recipient]:
    """The recipients, in their order; one statement for all of them. A test's ordinals name no contacts."""
    if not recipients:
        return recipients
    with connection.cursor() as cursor:
        off = tracking_off(cursor, account_id, recipients[0].ordinal, recipients[-1].ordinal)
    if off.everybody(list_ids):
        return [replace(each, tracked=False) for each in recipients]
    untracked = chosen(recipients, off, test=test)
    if not untracked:
        return recipients
    return [replace(each, tracked=False) if each.ordinal in untracked else each for each in recipients]


def chosen(recipients: list[Recipient], off: TrackingOff, *, test: bool) -> set[int]:
    """Ordinals of those who have it off of their own, or live where nobody is followed; mostly there are none."""
    untracked: set[int] = set()
    if off.contacts and not test:
        untracked.update(off.contacts & BitMap([each.ordinal for each in recipients]))
    if off.territories:
        attribute = settings.FAIRPOST.territory_attribute
        untracked.update(each.ordinal for each in recipients if off.of_territory(each.attributes, attribute))
    return untracked
