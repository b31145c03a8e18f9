"""What a token in a mail refers to: the campaign's frozen parts, and the recipient as the mail was filled for."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection

from fairpost.contacts.queries.lookup import contact_by_ordinal
from fairpost.delivery.sending.untracked import mark_untracked
from fairpost.engine.ports import Recipient

# By the primary keys.
DISPATCH = """
SELECT content_version_id, identity_id, unit_id, list_ids, tracking, test
FROM dispatch WHERE account_id = %s AND campaign_id = %s
"""
TEST_RECIPIENT = """
SELECT ordinal, address, canonical, attributes::text FROM test_recipient
WHERE account_id = %s AND campaign_id = %s AND ordinal = %s
"""


@dataclass(frozen=True, slots=True)
class DispatchParts:
    """What every mail of one dispatched campaign has in common."""

    account_id: int
    campaign_id: int
    content_version_id: int
    identity_id: int
    unit_id: int
    list_ids: tuple[int, ...]
    tracking: bool
    test: bool


def dispatch_parts(account_id: int, campaign_id: int) -> DispatchParts | None:
    """The parts of one campaign; None where it is not in dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(DISPATCH, [account_id, campaign_id])
        row = cursor.fetchone()
    if row is None:
        return None
    version, identity, unit, lists, tracking, test = row
    return DispatchParts(account_id, campaign_id, version, identity, unit, tuple(lists), tracking, test)


def recipient_of(account_id: int, campaign_id: int, ordinal: int, *, test: bool) -> Recipient | None:
    """The contact as it is now, or the address of a test; None where it was removed since."""
    if not test:
        contact = contact_by_ordinal(account_id, ordinal)
        if contact is None:
            return None
        return Recipient(contact.ordinal, contact.address, contact.canonical, contact.attributes)
    with connection.cursor() as cursor:
        cursor.execute(TEST_RECIPIENT, [account_id, campaign_id, ordinal])
        row = cursor.fetchone()
    return Recipient(row[0], row[1], row[2], json.loads(row[3])) if row else None


def may_be_followed(parts: DispatchParts, recipient: Recipient) -> bool:
    """Whether the switches of contact, lists, territory and account let this recipient's mail be tracked now."""
    return mark_untracked(connection, parts.account_id, [recipient], parts.list_ids, test=parts.test)[0].tracked
