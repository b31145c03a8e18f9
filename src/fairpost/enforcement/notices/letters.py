"""Short mails of the platform's own to whoever is no customer: reporters, and contacts who confirm their address."""

from __future__ import annotations

from typing import Literal

from fairpost.enforcement.notices.page import Section, as_html, as_text
from fairpost.enforcement.notices.render import Rendered
from fairpost.enforcement.notices.words import words_of

Letter = Literal["verify_contact", "report_received", "report_decided", "complaint_decided", "reported_campaign"]
PARAGRAPHS: dict[str, tuple[str, ...]] = {
    "verify_contact": ("verify_contact", "verify_contact_not"),
    "report_received": ("report_received", "report_received_follow"),
    "report_decided": ("report_decided", "report_decided_outcome", "report_decided_redress"),
    "complaint_decided": ("complaint_decided", "report_decided_outcome"),
    "reported_campaign": ("reported_campaign", "reported_campaign_reasons"),
}


def render_letter(letter: Letter, language: str, zone: str = "UTC", *, reasons: str = "", **values: object) -> Rendered:
    """The letter in this language. `values` fill its sentences (see `[letter]` of the catalogues); a `url` among them
    is a link; `reasons` are quoted as they were written. Raises Conflict where there are no notices in the language.
    """
    words = words_of(language, zone)
    subject = words.say("letter", f"hello_{letter}", **values)
    section = Section("", listed=False)
    for key in PARAGRAPHS[letter]:
        text = words.say("letter", key, **values)
        section.say(text, str(values.get("url", "")) if "{url}" in words.tables["letter"][key] else "")
    section.quote(reasons)
    return Rendered(
        words.language, subject, as_text(subject, [], [section]), as_html(subject, [], [section], words.language)
    )
