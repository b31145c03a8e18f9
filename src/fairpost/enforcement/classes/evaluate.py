"""Decides a rule over facts: the same answer for the same facts, with the words that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairpost.enforcement.classes.facts import ContentFacts
from fairpost.enforcement.classes.hosts import is_within
from fairpost.enforcement.classes.phrases import PhraseTree
from fairpost.enforcement.classes.rule import (
    All,
    AsksDonation,
    Either,
    Language,
    LegalSender,
    LinkHost,
    Not,
    Phrases,
    Rule,
)

AROUND = 60  # characters of context on each side of a quoted phrase
MOST_SPANS = 50


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the rule holds. If so, `spans` are (place, quoted text) of phrases, each once per place, and
    `because` the facts that decided, as `asks_donation`, `phrase:...`, `language:fr`, `link_host:...`,
    `legal_sender:12`, `not`. Both are empty where it does not hold.
    """

    matched: bool
    spans: tuple[tuple[str, str], ...] = ()
    because: tuple[str, ...] = ()


NO = Match(False)


def matches(rule: Rule, facts: ContentFacts) -> Match:
    """Decides every part, so that the answer names all that speaks for it. Linear in the text of the facts."""
    match rule:
        case All(parts):
            found = [matches(each, facts) for each in parts]
            return both(found) if all(each.matched for each in found) else NO
        case Either(parts):
            return both([found for each in parts if (found := matches(each, facts)).matched])
        case Not(part):
            return NO if matches(part, facts).matched else Match(True, because=("not",))
        case AsksDonation(wanted):
            holds = facts.asks_donation == wanted
            return said(["asks_donation" if wanted else "asks_no_donation"] if holds else [])
        case Phrases():
            return phrases(rule, facts)
        case Language(codes):
            return said([f"language:{facts.language}"] if speaks(facts.language, codes) else [])
        case LinkHost(hosts):
            led = sorted(host for host in facts.link_hosts if any(is_within(host, each) for each in hosts))
            return said([f"link_host:{each}" for each in led])
        case LegalSender(organisation_ids):
            named = facts.organisation_id in organisation_ids
            return said([f"legal_sender:{facts.organisation_id}"] if named else [])


def said(because: list[str]) -> Match:
    return Match(True, because=tuple(because)) if because else NO


def both(found: list[Match]) -> Match:
    """One answer of several that hold."""
    if not found:
        return NO
    spans = dict.fromkeys(span for each in found for span in each.spans)
    because = dict.fromkeys(fact for each in found for fact in each.because)
    return Match(True, tuple(spans)[:MOST_SPANS], tuple(because))


def phrases(rule: Phrases, facts: ContentFacts) -> Match:
    found: dict[tuple[str, str], str] = {}  # (place, phrase) to the quoted text
    trees = [rule.tree, *(tree for code, tree in rule.trees if speaks(facts.language, (code,)))]
    for tree in trees:
        for place, phrase, quote in occurrences(tree, facts):
            found.setdefault((place, phrase), quote)
    different = sorted({phrase for _place, phrase in found})
    if len(different) < rule.at_least:
        return NO
    spans = tuple(dict.fromkeys((place, quote) for (place, _phrase), quote in found.items()))
    return Match(True, spans[:MOST_SPANS], tuple(f"phrase:{each}" for each in different))


def occurrences(tree: PhraseTree, facts: ContentFacts) -> Iterator[tuple[str, str, str]]:
    """(place, phrase, quote) of each phrase's first occurrence in each passage."""
    for passage in facts.passages:
        seen: set[str] = set()
        for phrase, start, end in tree.found(passage.text):
            if phrase not in seen:
                seen.add(phrase)
                yield passage.place, phrase, quoted(passage.text, start, end)


def quoted(text: str, start: int, end: int) -> str:
    """The words with some around them, cut between words; an ellipsis stands where the text goes on."""
    begin, finish = max(0, start - AROUND), min(len(text), end + AROUND)
    if begin > 0:
        begin = min(start, text.find(" ", begin, start) + 1 or start)
    if finish < len(text):
        blank = text.rfind(" ", end, finish + 1)
        finish = blank if blank >= end else end
    return ("… " if begin else "") + text[begin:finish] + (" …" if finish < len(text) else "")


def speaks(language: str, codes: tuple[str, ...]) -> bool:
    """Whether one of the codes takes this language: basic filtering (RFC 4647, 3.3.1)."""
    spoken = language.lower()
    return any(spoken == each or spoken.startswith(each + "-") for each in codes)
