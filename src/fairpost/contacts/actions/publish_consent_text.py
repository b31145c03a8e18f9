"""Publishes a text that people can agree to; a new version leaves the old ones as they were shown."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Max

from fairpost.audit.actions import record
from fairpost.contacts.models import ConsentText
from fairpost.contacts.queries.consent_texts import ConsentTextRow, text_row
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.naming import known_language
from fairpost.tenants.scope import once, own_account

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@transaction.atomic
def publish_consent_text(
    *,
    actor: Actor,
    account_id: int,
    name: str,
    language: str,
    text: str,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ConsentTextRow:
    """The version is one higher than any of that name in that language; the first is 1."""
    authorise(actor, "contacts.write", account_id=account_id, act="consent_text.publish")
    own_account(account_id)
    if not NAME.fullmatch(name):
        raise Invalid(
            _("{name} cannot name a consent text: use small letters, digits and hyphens.").format(name=repr(name)),
            field="name",
        )
    language, text = known_language(language), several_lines(text, "text", 5000)
    rows = ConsentText.objects.filter(account_id=account_id, name=name, language=language)
    version = (rows.aggregate(highest=Max("version"))["highest"] or 0) + 1
    with once(_("Somebody else published a version at the same moment."), "name"):
        made = ConsentText.objects.create(
            account_id=account_id, name=name, version=version, language=language, text=text, published_at=clock.now()
        )
    published = text_row(made)
    record(
        actor=actor,
        act="consent_text.published",
        account_id=account_id,
        subject=f"consent_text:{made.pk}",
        reason=reason,
        facts={"label": published.label},
        clock=clock,
    )
    return published
