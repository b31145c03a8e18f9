"""Freezes a template into the version that can be sent."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.content.models import ContentVersion as Row
from fairpost.content.models import Template
from fairpost.content.queries.versions import ContentVersion, version_of
from fairpost.content.refused import ContentRefused
from fairpost.content.scope import own_template
from fairpost.content.sender import SenderFacts, sender_facts
from fairpost.content.stored import content_hash, document_to_json, findings_to_json
from fairpost.engine.document import Built, Source, build_document
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@transaction.atomic
def save_content_version(
    *,
    actor: Actor,
    account_id: int,
    template_id: int,
    identity_id: int,
    known_attributes: frozenset[str] | None = None,
    donation_prefixes: tuple[str, ...] = (),
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ContentVersion:
    """The version of this template for the legal sender of this identity: the same content gives the same
    version.

    `known_attributes` are the attributes that contacts of the account may have; None leaves variables
    unchecked. Raises ContentRefused (an Invalid with all findings) where the mail has errors; warnings are
    stored with it. The joint notice in force is bound to it where the mail asks for donations or shows the
    notice.
    """
    authorise(actor, "content.write", account_id=account_id, unit_id=actor.unit_id)
    template = own_template(account_id, template_id, actor.unit_id)
    unit_id = actor.unit_id or template.unit_id
    authorise(actor, "content.write", account_id=account_id, unit_id=unit_id, act="content.write")
    facts = sender_facts(account_id, identity_id, language=template.language, at=clock.now(), unit_id=actor.unit_id)
    source = source_of(template, facts, known_attributes, donation_prefixes)
    built = build_document(source)
    if built.document is None:
        raise ContentRefused(built.findings)
    row, created = stored(template, actor.unit_id or template.unit_id, facts, built, clock)
    if created:
        record(
            actor=actor,
            act="content_version.saved",
            account_id=account_id,
            subject=f"content_version:{row.id}",
            reason=reason,
            facts={"template": template.id, "hash": row.hash, "identity": identity_id, "size": row.size},
            clock=clock,
        )
    return version_of(row)


def source_of(
    template: Template,
    facts: SenderFacts | None,
    known_attributes: frozenset[str] | None,
    donation_prefixes: tuple[str, ...],
) -> Source:
    return Source(
        subject=template.subject,
        preheader=template.preheader,
        mjml=template.mjml,
        html=template.html,
        text=template.text,
        language=template.language,
        sender=facts.legal_sender if facts else None,
        known_attributes=known_attributes,
        donation_prefixes=donation_prefixes,
    )


def stored(template: Template, unit_id: int | None, facts: SenderFacts, built: Built, clock: Clock) -> tuple[Row, bool]:
    assert built.document is not None
    notice = facts.joint_notice_id if built.asks_donation or built.carries_notice else None
    digest = content_hash(
        built.document,
        language=template.language,
        organisation_id=facts.organisation_id,
        joint_notice_id=notice,
    )
    return Row.objects.get_or_create(
        account_id=template.account_id,
        unit_id=unit_id,
        hash=digest,
        defaults={
            "template_id": template.id,
            "organisation_id": facts.organisation_id,
            "joint_notice_id": notice,
            "name": template.name,
            "language": template.language,
            "document": document_to_json(built.document),
            "source": {name: getattr(template, name) for name in ("subject", "preheader", "mjml", "html", "text")},
            "findings": findings_to_json(built.findings),
            "asks_donation": built.asks_donation,
            "size": built.size,
            "created_at": clock.now(),
        },
    )
