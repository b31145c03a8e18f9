"""Adds a business unit to an account."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import BusinessUnit
from fairpost.tenants.naming import slug_of
from fairpost.tenants.scope import once, own_account


@transaction.atomic
def create_unit(
    *,
    actor: Actor,
    account_id: int,
    slug: str,
    name: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the unit's id."""
    authorise(actor, "account.manage", account_id=account_id, act="unit.create")
    own_account(account_id)
    slug = slug_of(slug)
    with once(_("There is a business unit {slug} already.").format(slug=slug), "slug"):
        unit = BusinessUnit.objects.create(
            account_id=account_id, slug=slug, name=single_line(name, "name"), created_at=clock.now()
        )
    record(
        actor=actor,
        act="unit.created",
        account_id=account_id,
        subject=f"unit:{unit.id}",
        reason=reason,
        clock=clock,
    )
    return unit.id
