"""Makes a draft from another one, for instance a unit's own from a shared one."""

from __future__ import annotations

from django.db import transaction

from fairpost.content.actions.create_template import create_template
from fairpost.content.draft import FIELDS
from fairpost.content.queries.templates import Template as Draft
from fairpost.content.scope import own_template
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@transaction.atomic
def copy_template(
    *,
    actor: Actor,
    account_id: int,
    template_id: int,
    name: str,
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Draft:
    """The new draft, in the given unit or (None) in the actor's own, else shared. Raises as create_template
    does.
    """
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    original = own_template(account_id, template_id, actor.unit_id)
    content = {field: getattr(original, field) for field in FIELDS if field != "name"}
    return create_template(
        actor=actor, account_id=account_id, name=name, unit_id=unit_id, reason=reason, clock=clock, **content
    )
