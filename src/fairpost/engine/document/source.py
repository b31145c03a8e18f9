"""What an author gives and what comes out of it, as plain types."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.engine.document.findings import Finding
from fairpost.engine.ports import Document

# The line that names the legal sender, by language of the mail; others get the English one.
PAID_FOR_BY = {
    "en": "Paid for by {name}.",
    "de": "Bezahlt von {name}.",
    "es": "Pagado por {name}.",
    "fr": "Financé par {name}.",
    "it": "Pagato da {name}.",
}


@dataclass(frozen=True, slots=True)
class LegalSender:
    """For whom the mail speaks. `joint_notice` is the notice's text where the sender is a joint sender, else
    empty.
    """

    name: str
    postal_address: str
    joint_notice: str = ""

    def disclaimer(self, language: str) -> str:
        return PAID_FOR_BY.get(language.split("-")[0].lower(), PAID_FOR_BY["en"]).format(name=self.name)


@dataclass(frozen=True, slots=True)
class Source:
    """A mail as its author wrote it: exactly one of `mjml` and `html`; `text` empty means that it is made
    from it.

    `sender` None checks a mail whose sender is not known yet. `known_attributes` are the names a contact may
    have; None leaves variables unchecked. A link is a donation link where it carries the attribute
    `data-donation` or begins with one of `donation_prefixes`. `language` is a tag of RFC 5646.
    """

    subject: str
    mjml: str = ""
    html: str = ""
    text: str = ""
    preheader: str = ""
    language: str = "en"
    sender: LegalSender | None = None
    known_attributes: frozenset[str] | None = None
    donation_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """The result: `document` is None where a finding is an error. `size` is the HTML in bytes, links as long
    as tracked.

    `carries_notice`: the joint notice stands in it.
    """

    document: Document | None
    findings: tuple[Finding, ...]
    asks_donation: bool = False
    carries_notice: bool = False
    size: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.level == "error")
