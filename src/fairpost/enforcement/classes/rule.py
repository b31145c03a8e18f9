"""A rule is a condition over plain facts, read from JSON; it can say nothing that takes long to decide.

{"all": [rule, ...]}   {"any": [rule, ...]}   {"not": rule}
{"asks_donation": true}
{"phrases": ["fight like hell", ...], "at_least": 1}      or {"phrases": {"en": [...], "fr": [...]}}
{"language": ["en", "fr"]}   {"link_host": ["example.org"]}   {"legal_sender": [12]}
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fairpost.enforcement.classes.phrases import PhraseTree


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Rule


@dataclass(frozen=True, slots=True)
class AsksDonation:
    """The mail asks for a donation (`wanted` False: it does not)."""

    wanted: bool


@dataclass(frozen=True)
class Phrases:
    """At least `at_least` different phrases of the list stand in the mail, as whole words.

    `everywhere` are tried on every mail, `by_language` on mails that are declared to be in that language.
    """

    everywhere: tuple[str, ...]
    by_language: tuple[tuple[str, tuple[str, ...]], ...]
    at_least: int

    @cached_property
    def tree(self) -> PhraseTree:
        return PhraseTree(self.everywhere)

    @cached_property
    def trees(self) -> tuple[tuple[str, PhraseTree], ...]:
        return tuple((language, PhraseTree(phrases)) for language, phrases in self.by_language)


@dataclass(frozen=True, slots=True)
class Language:
    """The mail is declared to be in one of these languages, or in a region's form of one (`en` takes `en-GB`)."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkHost:
    """A link leads to one of these hosts, or to a name below one."""

    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegalSender:
    """The mail names one of these organisations as its legal sender."""

    organisation_ids: tuple[int, ...]


Rule = All | Either | Not | AsksDonation | Phrases | Language | LinkHost | LegalSender
