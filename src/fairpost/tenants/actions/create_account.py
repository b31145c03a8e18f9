"""Opens an account for an organisation, with its default business unit."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Account, BusinessUnit, Organisation
from fairpost.tenants.naming import known_language, known_time_zone, slug_of
from fairpost.tenants.scope import once

DEFAULT_UNIT = "main"


@transaction.atomic
def create_account(
    *,
    actor: Actor,
    slug: str,
    name: str,
    holder_id: int | None = None,
    postal_address: str = "",
    language: str = "en",
    time_zone: str = "UTC",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Returns the account's id.

    `holder_id` is an organisation registered for the installation; without it one is registered that has the account's
    name and `postal_address`.
    """
    authorise(actor, "installation.manage")
    if holder_id is None:
        holder_id = create_organisation(
            actor=actor,
            account_id=None,
            name=name,
            postal_address=postal_address,
            reason=reason,
            clock=clock,
        )
    elif not Organisation.objects.filter(id=holder_id, account=None).exists():
        raise NotFound(
            _("There is no such organisation."),
            hint=_("Register the account's holder without an account first."),
        )
    slug = slug_of(slug)
    with once(_("There is an account {slug} already.").format(slug=slug), "slug"):
        account = Account.objects.create(
            holder_id=holder_id,
            slug=slug,
            name=single_line(name, "name"),
            language=known_language(language),
            time_zone=known_time_zone(time_zone),
            created_at=clock.now(),
        )
    unit = BusinessUnit.objects.create(
        account=account, slug=DEFAULT_UNIT, name=account.name, is_default=True, created_at=clock.now()
    )
    record(
        actor=actor,
        act="account.created",
        account_id=account.id,
        subject=f"account:{account.id}",
        reason=reason,
        facts={"holder_id": holder_id, "default_unit_id": unit.id},
        clock=clock,
    )
    return account.id
