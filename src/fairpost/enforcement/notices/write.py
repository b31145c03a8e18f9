"""Mails of the platform to whoever is no customer are kept and posted like notices: word for word, with evidence."""

from __future__ import annotations

from datetime import datetime

from fairpost.enforcement.notices.addressees import Recipient
from fairpost.enforcement.notices.keep import Draft, keep
from fairpost.enforcement.notices.letters import Letter, render_letter


def write_letter(
    letter: Letter,
    *,
    address: str,
    subject: str,
    language: str,
    reference: str,
    now: datetime,
    outside_contact_id: int | None = None,
    decision_id: int | None = None,
    zone: str = "UTC",
    reasons: str = "",
    **values: object,
) -> int:
    """Queues the letter in the caller's transaction and returns its number.

    `subject` is whose key seals address and text ("reporter:7"), `reference` what it is about ("report:7"). `values`
    and `reasons` fill it: see `render_letter`. No account is shown it.
    """
    rendered = render_letter(letter, language, zone, reasons=reasons, **values)
    draft = Draft(
        why=letter,
        recipient=Recipient(address, language, subject, outside_contact_id=outside_contact_id),
        write=lambda _number: rendered,
        content_subject=subject,
        decision_id=decision_id,
        reference=reference,
    )
    (number,) = keep([draft], now)
    return number
