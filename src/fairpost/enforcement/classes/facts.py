"""The plain facts of a content version that a rule may ask for, the same for every recipient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fairpost.enforcement.classes.words import folded


@dataclass(frozen=True, slots=True)
class Passage:
    """One reading of one place (`subject`, `preheader`, `html`, `text`), with case, for quoting."""

    place: str
    text: str


@dataclass(frozen=True)
class ContentFacts:
    """What is known of one content version.

    `passages` are all readings of all places, a place's usual one first. `subject`, `preheader` are shown forms;
    `text` is the usual reading of every place, as words are compared (folded case, single blanks). `links` are
    addresses as written, Liquid and all; `link_hosts` their hosts in ASCII (IDNA), without those that only
    attributes decide; `donation_hosts` those of links that ask for a donation. `organisation_id` is the legal
    sender.
    """

    account_id: int
    organisation_id: int
    content_hash: str
    language: str
    subject: str
    preheader: str
    passages: tuple[Passage, ...]
    asks_donation: bool
    links: tuple[str, ...]
    link_hosts: frozenset[str]
    donation_hosts: frozenset[str]

    @cached_property
    def text(self) -> str:
        usual: dict[str, str] = {}
        for each in self.passages:
            usual.setdefault(each.place, each.text)
        return " ".join(folded(text) for text in usual.values())
