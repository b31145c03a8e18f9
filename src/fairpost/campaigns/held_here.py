"""What a person was sent, by the campaigns' names, for the copy of everything that an account holds on them."""

from __future__ import annotations

from typing import Any

from fairpost.campaigns.models import Campaign
from fairpost.contacts.holdings import Whom
from fairpost.delivery.held_here import sent_to


def mailings(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Every campaign that was addressed to this contact, the oldest first, and what became of it."""
    if whom.ordinal is None:
        return []
    found = sent_to(cursor, whom.account_id, whom.ordinal)
    # The recipients of a test have numbers of their own: they are no contacts.
    rows = Campaign.objects.filter(account_id=whom.account_id, id__in=found, test_of=None).order_by("id")
    return [
        {
            "campaign": each.pk,
            "name": each.name,
            "started_at": each.started_at,
            "state": found[each.pk][0],
            "reason": found[each.pk][1],
        }
        for each in rows
    ]
