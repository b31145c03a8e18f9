"""Begins a mail."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.content.draft import change_draft, name_taken
from fairpost.content.models import Template
from fairpost.content.queries.templates import Template as Draft
from fairpost.content.queries.templates import template_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import unit


@transaction.atomic
def create_template(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    subject: str = "",
    preheader: str = "",
    mjml: str = "",
    html: str = "",
    text: str = "",
    language: str = "en",
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Draft:
    """A new draft of the unit, or shared by all units. It may have errors: they count when a version is
    saved.

    Raises Conflict where the unit has a template of this name, NotFound for a unit of another account.
    """
    unit_id = actor.unit_id if unit_id is None else unit_id
    authorise(actor, "content.write", account_id=account_id, unit_id=unit_id, act="content.write")
    if unit_id is not None:
        unit(account_id, unit_id)
    template = Template(account_id=account_id, unit_id=unit_id, created_at=clock.now(), updated_at=clock.now())
    given = {"subject": subject, "preheader": preheader, "mjml": mjml, "html": html, "text": text}
    change_draft(template, {"name": name, "language": language, **given})
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError as error:
        raise name_taken(name) from error
    record(
        actor=actor,
        act="template.created",
        account_id=account_id,
        subject=f"template:{template.id}",
        reason=reason,
        facts={"unit": unit_id},
        clock=clock,
    )
    return template_of(template)
