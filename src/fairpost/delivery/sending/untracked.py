"""Marks, at every lease, the recipients who must not be followed: their mail has no pixel and no rewritten link."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

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
    if not off.territories and (test or not off.contacts):
        return recipients
    return marked(recipients, off, test=test)


def marked(recipients: Sequence[Recipient], off: TrackingOff, *, test: bool) -> list[Recipient]:
    return [each if may_be_tracked(each, off, test=test) else replace(each, tracked=False) for each in recipients]


def may_be_tracked(recipient: Recipient, off: TrackingOff, *, test: bool) -> bool:
    if not test and recipient.ordinal in off.contacts:
        return False
    return not off.of_territory(recipient.attributes, settings.FAIRPOST.territory_attribute)
