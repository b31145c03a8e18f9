"""Makes the next DKIM key of an identity's domain, to be published beside the one that signs."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.dkim_keys import may_manage_domain, write_key
from fairpost.tenants.queries.dkim_keys import DkimKeyRow, key_row
from fairpost.tenants.scope import own_identity, within_unit


@transaction.atomic
def rotate_dkim_key(
    *,
    actor: Actor,
    account_id: int,
    identity_id: int,
    algorithm: str = "rsa",
    selector: str = "",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> DkimKeyRow:
    """The new key with the record to publish. The old one signs until the new one is activated.

    Raises `Conflict` where another new key of the same algorithm still waits, or the selector is taken.
    """
    authorise(actor, "identity.manage", account_id=account_id, unit_id=actor.unit_id)
    identity = own_identity(account_id, identity_id)
    within_unit(actor, identity.unit_id, _("There is no such sender identity."))
    authorise(actor, "identity.manage", account_id=account_id, unit_id=identity.unit_id, act="dkim_key.rotate")
    may_manage_domain(actor, identity.domain)
    key = write_key(identity.domain, identity.domain.name, algorithm, selector, clock.now())
    record(
        actor=actor,
        act="dkim_key.created",
        account_id=account_id,
        subject=f"dkim_key:{key.id}",
        reason=reason,
        facts={"domain": key.domain_name, "selector": key.selector, "algorithm": algorithm},
        clock=clock,
    )
    return key_row(key)
