"""Changes an account's name, language or time zone."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import single_line
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import Account
from fairpost.tenants.naming import known_language, known_time_zone
from fairpost.tenants.scope import own_account


@transaction.atomic
def change_account(
    *,
    actor: Actor,
    account_id: int,
    name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """What is None stays as it is."""
    authorise(actor, "account.manage", account_id=account_id, act="account.change")
    own_account(account_id)
    changes = {
        "name": None if name is None else single_line(name, "name"),
        "language": None if language is None else known_language(language),
        "time_zone": None if time_zone is None else known_time_zone(time_zone),
    }
    changes = {field: value for field, value in changes.items() if value is not None}
    if not changes:
        return
    Account.objects.filter(id=account_id).update(**changes)
    record(
        actor=actor,
        act="account.changed",
        account_id=account_id,
        subject=f"account:{account_id}",
        reason=reason,
        facts={"changed": sorted(changes)},
        clock=clock,
    )
