"""Sends a campaign's mail to a few addresses as a test, through the same gate, journal and accounting as the rest."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.campaigns.actions.checks import check_content, order_for
from fairpost.campaigns.actions.send_campaign import admit, tell_newcomer
from fairpost.campaigns.models import Campaign
from fairpost.campaigns.queries.campaigns import CampaignView, campaign, campaign_row
from fairpost.contacts.addresses.address import parse_address
from fairpost.contacts.erased import erased_among
from fairpost.contacts.queries.lookup import contact_by_address
from fairpost.delivery.actions.dispatch import add_test_recipients, order_dispatch, plan_dispatch
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

MOST = 50  # addresses in one test
TERM = timedelta(hours=1)


def test_campaign(
    *,
    actor: Actor,
    account_id: int,
    campaign_id: int,
    addresses: Sequence[str],
    attributes: Mapping[str, Any] | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> CampaignView:
    """Sends to `addresses` now, marked as a test. Returns the test, a campaign of its own with its own status.

    A test is under everything that is in force, like the campaign itself. Each address gets its contact's attributes
    where it is a contact, else `attributes`. Suppressed addresses stay suppressed.
    """
    authorise(actor, "campaign.write", account_id=account_id, unit_id=actor.unit_id)
    if not 1 <= len(addresses) <= MOST:
        raise Invalid(_("A test goes to 1 to {most} addresses.").format(most=MOST), field="addresses")
    # Once per address, however often and in whatever form it is given.
    named = {each[1]: each for each in (sample(account_id, address, attributes or {}) for address in addresses)}
    recipients = list(named.values())
    with connection.cursor() as cursor:
        if erased_among(cursor, account_id, named):
            raise Invalid(_("One of these addresses was erased at its owner's request."), field="addresses")
    now = clock.now()
    tell_newcomer(campaign_row(actor, account_id, campaign_id), now, now)
    with transaction.atomic():
        row = campaign_row(actor, account_id, campaign_id, lock=True)
        authorise(actor, "campaign.write", account_id=account_id, unit_id=row.unit_id, act="campaign.test")
        check_content(row, now)
        test = Campaign.objects.create(
            account_id=account_id,
            unit_id=row.unit_id,
            name=free_name(row),
            identity_id=row.identity_id,
            content_version_id=row.content_version_id,
            audience={},
            pool_id=row.pool_id,
            tracking=row.tracking,
            test_of=row,
            state=Campaign.State.STARTED,
            created_at=now,
            started_at=now,
            latest_at=now + TERM,
        )
        add_test_recipients(account_id, test.pk, recipients)
        order_dispatch(order_for(test, now), now)
        admit(actor, test, now)
        record(
            actor=actor,
            act="campaign.tested",
            account_id=account_id,
            subject=f"campaign:{row.pk}",
            reason=reason,
            facts={"test": test.pk, "addresses": len(recipients)},
        )
    plan_dispatch(order_for(test, now), now)
    return campaign(actor, account_id, test.pk)


def free_name(row: Campaign) -> str:
    """The campaign's name with the next number of a test."""
    begin = f"{row.name[:180]} (test "
    taken = set(
        Campaign.objects.filter(account_id=row.account_id, name__startswith=begin).values_list("name", flat=True)
    )
    return next(name for number in itertools.count(1) if (name := f"{begin}{number})") not in taken)


test_campaign.__test__ = False  # type: ignore[attr-defined]  # an action, not a test for pytest to collect


def sample(
    account_id: int, address: str, attributes: Mapping[str, Any]
) -> tuple[str, str, Mapping[str, Any]]:
    parsed = parse_address(address)
    contact = contact_by_address(account_id, parsed.canonical)
    return parsed.address, parsed.canonical, contact.attributes if contact else attributes
