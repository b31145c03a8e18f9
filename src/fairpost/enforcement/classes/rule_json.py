"""Reads a rule from JSON, and says of a wrong one where it is wrong and what belongs there."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairpost.enforcement.classes.hosts import ascii_host
from fairpost.enforcement.classes.phrases import LONGEST_WORDS
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
from fairpost.enforcement.classes.words import folded
from fairpost.engine.document.build import LANGUAGE
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST_DEPTH = 8
MOST_PARTS = 200
MOST_PHRASES = 2000
MOST_LISTED = 500
LONGEST_PHRASE = 200
HIGHEST_ID = 2**31 - 1


def rule_from_json(data: Any) -> Rule:
    """The rule. Raises Invalid, with the place as `field` (such as `rule.all[1].phrases[3]`), for anything else."""
    return Reading().rule(data, "rule", 1)


def json_from_text(text: str) -> Any:
    """The JSON of a file, unread but well formed: no name twice in an object. Raises Invalid with line and column."""
    try:
        return json.loads(text, object_pairs_hook=once_each)
    except json.JSONDecodeError as error:
        raise Invalid(
            _("This is no JSON: line {line}, column {column}: {why}.").format(
                line=error.lineno, column=error.colno, why=error.msg
            ),
            field="rule",
        ) from error
    except RecursionError as error:
        raise wrong("rule", _("it is nested too deeply")) from error


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise wrong("rule", _("{name} stands twice in one object").format(name=repr(twice)))
    return given


def wrong(place: str, why: str) -> Invalid:
    return Invalid(
        _("{place}: {why}.").format(place=place, why=why),
        field=place,
        hint=_("See docs/reference/content-classes.md."),
    )


class Reading:
    """One reading of one rule; it counts what the whole rule may have only so much of."""

    def __init__(self) -> None:
        self.parts = 0
        self.phrases = 0
        self.kinds: dict[str, Callable[[Any, str, int], Rule]] = {
            "all": lambda data, place, depth: All(self.several(data, place, depth)),
            "any": lambda data, place, depth: Either(self.several(data, place, depth)),
            "not": lambda data, place, depth: Not(self.rule(data, place, depth + 1)),
            "asks_donation": self.asks_donation,
            "language": lambda data, place, _depth: Language(tuple(self.listed(data, place, language))),
            "link_host": lambda data, place, _depth: LinkHost(tuple(self.listed(data, place, host))),
            "legal_sender": lambda data, place, _depth: LegalSender(tuple(self.listed(data, place, organisation))),
        }

    def rule(self, data: Any, place: str, depth: int) -> Rule:
        self.parts += 1
        if depth > MOST_DEPTH:
            raise wrong(place, _("rules are nested at most {most} deep").format(most=MOST_DEPTH))
        if self.parts > MOST_PARTS:
            raise wrong(place, _("a rule has at most {most} parts").format(most=MOST_PARTS))
        known = ", ".join([*self.kinds, "phrases"])
        if not isinstance(data, Mapping) or not data:
            raise wrong(place, _("an object with one of {known} belongs here").format(known=known))
        if "phrases" in data:
            return self.phrase_list(data, place)
        if len(data) > 1 or next(iter(data)) not in self.kinds:
            names = ", ".join(map(str, data))
            raise wrong(place, _("exactly one of {known} belongs here, not {names}").format(known=known, names=names))
        name, value = next(iter(data.items()))
        return self.kinds[name](value, f"{place}.{name}", depth)

    def several(self, data: Any, place: str, depth: int) -> tuple[Rule, ...]:
        if not isinstance(data, list) or not data:
            raise wrong(place, _("a list of at least one rule belongs here"))
        return tuple(self.rule(each, f"{place}[{index}]", depth + 1) for index, each in enumerate(data))

    def asks_donation(self, data: Any, place: str, _depth: int) -> Rule:
        if not isinstance(data, bool):
            raise wrong(place, _("true or false belongs here"))
        return AsksDonation(data)

    def phrase_list(self, data: Mapping[str, Any], place: str) -> Rule:
        if unknown := set(data) - {"phrases", "at_least"}:
            raise wrong(
                place, _("beside phrases only at_least may stand, not {name}").format(name=min(map(str, unknown)))
            )
        listed, inside = data["phrases"], f"{place}.phrases"
        everywhere: tuple[str, ...] = ()
        by_language: list[tuple[str, tuple[str, ...]]] = []
        if isinstance(listed, Mapping) and listed:
            for code, phrases in listed.items():
                by_language.append((language(code, inside), self.phrases_of(phrases, f"{inside}.{code}")))
        else:
            everywhere = self.phrases_of(listed, inside)
        most = max([len(everywhere), *(len(phrases) for _code, phrases in by_language)])
        return Phrases(everywhere, tuple(by_language), at_least(data.get("at_least", 1), f"{place}.at_least", most))

    def phrases_of(self, data: Any, place: str) -> tuple[str, ...]:
        found = tuple(self.listed(data, place, phrase, most=MOST_PHRASES))
        self.phrases += len(found)
        if self.phrases > MOST_PHRASES:
            raise wrong(place, _("a rule has at most {most} phrases").format(most=MOST_PHRASES))
        return found

    def listed(self, data: Any, place: str, read: Callable[[Any, str], Any], most: int = MOST_LISTED) -> Iterator[Any]:
        """Each entry of a list, read; none may be empty or stand twice."""
        if not isinstance(data, list) or not data:
            raise wrong(place, _("a list with at least one entry belongs here"))
        if len(data) > most:
            raise wrong(
                place, _("the list has {count} entries; at most {most} are allowed").format(count=len(data), most=most)
            )
        seen: set[Any] = set()
        for index, each in enumerate(data):
            value = read(each, f"{place}[{index}]")
            if value in seen:
                raise wrong(f"{place}[{index}]", _("{value} stands twice in the list").format(value=repr(value)))
            seen.add(value)
            yield value


def at_least(data: Any, place: str, most: int) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= most:
        raise wrong(place, _("a whole number from 1 to {most}, the phrases there are, belongs here").format(most=most))
    return data


def phrase(data: Any, place: str) -> str:
    """The phrase as it is compared: small letters, words with single blanks between."""
    if not isinstance(data, str) or len(data) > LONGEST_PHRASE:
        raise wrong(place, _("a text of at most {most} characters belongs here").format(most=LONGEST_PHRASE))
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in data):
        raise wrong(place, _("a phrase holds no line break or control character"))
    compared = folded(data)
    count = len(compared.split())
    if not 1 <= count <= LONGEST_WORDS:
        raise wrong(place, _("a phrase has 1 to {most} words, not {count}").format(most=LONGEST_WORDS, count=count))
    return compared


def language(data: Any, place: str) -> str:
    if not isinstance(data, str) or not LANGUAGE.fullmatch(data):
        raise wrong(place, _("a language such as en or fr-CH belongs here"))
    return data.lower()


def host(data: Any, place: str) -> str:
    found = ascii_host(data) if isinstance(data, str) and len(data) <= LONGEST_PHRASE else None
    if not found or "." not in found:
        raise wrong(place, _("a host such as give.example.org belongs here, without https:// and path"))
    return found


def organisation(data: Any, place: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= HIGHEST_ID:
        raise wrong(place, _("the id of an organisation belongs here"))
    return data
