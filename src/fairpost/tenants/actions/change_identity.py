"""Changes how an identity presents itself; its address, unit and legal sender stay what they are."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.domains import domain_name, mail_address
from fairpost.tenants.models import SenderIdentity
from fairpost.tenants.scope import own_identity, within_unit


@transaction.atomic
def change_identity(
    *,
    actor: Actor,
    account_id: int,
    identity_id: int,
    from_name: str | None = None,
    reply_to: str | None = None,
    postal_address: str | None = None,
    link_domain: str | None = None,
    return_path_domain: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """What is None stays; an empty text removes what may be empty (reply-to and the two domains)."""
    authorise(actor, "identity.manage", account_id=account_id, unit_id=actor.unit_id)
    identity = own_identity(account_id, identity_id)
    within_unit(actor, identity.unit_id, _("There is no such sender identity."))
    authorise(actor, "identity.manage", account_id=account_id, unit_id=identity.unit_id, act="identity.change")
    changes: dict[str, str] = {}
    if from_name is not None:
        changes["from_name"] = single_line(from_name, "from_name", 100)
    if reply_to is not None:
        changes["reply_to"] = mail_address(reply_to, "reply_to") if reply_to else ""
    if postal_address is not None:
        changes["postal_address"] = several_lines(postal_address, "postal_address", 500)
    if link_domain is not None:
        changes["link_domain"] = domain_name(link_domain, "link_domain") if link_domain else ""
    if return_path_domain is not None:
        changes["return_path_domain"] = (
            domain_name(return_path_domain, "return_path_domain") if return_path_domain else ""
        )
    if not changes:
        return
    SenderIdentity.objects.filter(id=identity.id).update(**changes)
    record(
        actor=actor,
        act="identity.changed",
        account_id=account_id,
        subject=f"identity:{identity.id}",
        reason=reason,
        facts={"changed": sorted(changes)},
        clock=clock,
    )
