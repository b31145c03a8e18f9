"""Changes a draft; versions that were saved from it stay what they are."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.content.draft import change_draft, name_taken
from fairpost.content.queries.templates import Template as Draft
from fairpost.content.queries.templates import template_of
from fairpost.content.scope import own_template
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@transaction.atomic
def edit_template(
    *,
    actor: Actor,
    account_id: int,
    template_id: int,
    name: str | None = None,
    subject: str | None = None,
    preheader: str | None = None,
    mjml: str | None = None,
    html: str | None = None,
    text: str | None = None,
    language: str | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Draft:
    """The draft with the given fields replaced; None leaves one as it is. MJML and HTML replace each other.

    Raises NotFound for another account's template and Conflict for a name that another one of the unit has.
    """
    authorise(actor, "content.write", account_id=account_id, unit_id=actor.unit_id)
    template = own_template(account_id, template_id, actor.unit_id, lock=True)
    authorise(actor, "content.write", account_id=account_id, unit_id=template.unit_id, act="content.write")
    given = {"subject": subject, "preheader": preheader, "mjml": mjml, "html": html, "text": text}
    changed = change_draft(template, {"name": name, "language": language, **given})
    if not changed:
        return template_of(template)
    template.updated_at = clock.now()
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise name_taken(template.name) from error
    record(
        actor=actor,
        act="template.edited",
        account_id=account_id,
        subject=f"template:{template.id}",
        reason=reason,
        facts={"fields": changed},
        clock=clock,
    )
    return template_of(template)
