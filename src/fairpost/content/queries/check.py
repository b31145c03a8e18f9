"""A source is judged without being kept."""

from __future__ import annotations

from fairpost.content.sender import sender_facts
from fairpost.engine.document import Built, Source, build_document
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


def check_source(
    actor: Actor,
    account_id: int,
    *,
    subject: str,
    preheader: str = "",
    mjml: str = "",
    html: str = "",
    text: str = "",
    language: str = "en",
    identity_id: int | None = None,
    known_attributes: frozenset[str] | None = None,
    donation_prefixes: tuple[str, ...] = (),
    clock: Clock = SYSTEM_CLOCK,
) -> Built:
    """What saving this source as a version would find. Without `identity_id` the legal sender is a placeholder.

    Raises NotFound for another account's identity.
    """
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    facts = None
    if identity_id is not None:
        facts = sender_facts(account_id, identity_id, language=language, at=clock.now(), unit_id=actor.unit_id)
    return build_document(
        Source(
            subject=subject,
            preheader=preheader,
            mjml=mjml,
            html=html,
            text=text,
            language=language,
            sender=facts.legal_sender if facts else None,
            known_attributes=known_attributes,
            donation_prefixes=donation_prefixes,
        )
    )
