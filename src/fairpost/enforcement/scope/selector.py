"""A scope is a conjunction of selectors; each selector names one facet and the values that it takes.

All of a scope's selectors must hold; of one selector any value will do. What a scope expressly leaves out
(`excluded`) is never reached by it, whatever its selectors say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fairpost.enforcement.catalogue.forms import check_form
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class SelectorKind:
    """One facet. `recipients`: decided for each recipient when a batch is leased. Lower `rank` selects less."""

    name: str
    sentence: str
    rank: int
    number: bool = False
    recipients: bool = False


SELECTORS: dict[str, SelectorKind] = {
    each.name: each
    for each in (
        SelectorKind("campaign", mark("campaign"), 0, number=True),
        SelectorKind("content", mark("content with this hash"), 1),
        SelectorKind("template", mark("template"), 2, number=True),
        SelectorKind("api_key", mark("API key"), 3, number=True),
        SelectorKind("person", mark("person"), 4, number=True),
        SelectorKind("identity", mark("sender identity"), 5, number=True),
        SelectorKind("unit", mark("business unit"), 6, number=True),
        SelectorKind("link_domain", mark("mail that links to this domain"), 7),
        SelectorKind("domain", mark("sending domain"), 8),
        SelectorKind("joint_sender", mark("joint sender"), 9, number=True),
        SelectorKind("account", mark("account"), 10, number=True),
        SelectorKind("organisation", mark("organisation"), 11, number=True),
        SelectorKind("content_class", mark("content class"), 12),
        SelectorKind("capability", mark("capability"), 13),
        SelectorKind("channel", mark("channel"), 14),
        SelectorKind("list", mark("members of the list"), 20, number=True, recipients=True),
        SelectorKind("segment", mark("segment"), 21, number=True, recipients=True),
        SelectorKind("territory", mark("recipients in the territory"), 22, recipients=True),
    )
}
RECIPIENT_KINDS = frozenset(name for name, kind in SELECTORS.items() if kind.recipients)
EXCLUDABLE = frozenset({"organisation", "account", "unit", "identity", "joint_sender"})


@dataclass(frozen=True, slots=True)
class Selector:
    """One facet and its values, as text."""

    kind: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Selectors that must all hold, and what is left out all the same."""

    selectors: tuple[Selector, ...]
    excluded: tuple[Selector, ...] = ()

    def matches(self, facets: Mapping[str, frozenset[str]]) -> bool:
        """Whether these facets are inside, as far as that is not decided per recipient."""
        for each in self.selectors:
            if each.kind not in RECIPIENT_KINDS and each.values.isdisjoint(facets.get(each.kind, NOTHING)):
                return False
        return all(each.values.isdisjoint(facets.get(each.kind, NOTHING)) for each in self.excluded)

    @property
    def per_recipient(self) -> tuple[Selector, ...]:
        """The selectors that are decided for each recipient."""
        return tuple(each for each in self.selectors if each.kind in RECIPIENT_KINDS)

    @property
    def narrowest(self) -> tuple[Selector, ...]:
        """The one or two narrowest selectors, by which to look it up; none where all are decided per recipient."""
        found = [each for each in self.selectors if each.kind not in RECIPIENT_KINDS]
        return tuple(sorted(found, key=lambda each: SELECTORS[each.kind].rank)[:2])

    def values(self, kind: str) -> frozenset[str]:
        """The values of a selector of this kind; empty where the scope has none."""
        return next((each.values for each in self.selectors if each.kind == kind), NOTHING)

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {each.kind: sorted(each.values) for each in self.selectors}
        if self.excluded:
            data["excluded"] = {each.kind: sorted(each.values) for each in self.excluded}
        return data


NOTHING: frozenset[str] = frozenset()


def scope_from_json(data: Mapping[str, Any], *, field: str = "scope") -> Scope:
    """The scope of `{"account": [3], "content_class": ["combative@1"], "excluded": {...}}`. Raises Invalid."""
    check_form(data, Mapping, field)
    given = dict(data)
    excluded = given.pop("excluded", {})
    if not given:
        raise Invalid(_("A scope needs at least one selector."), field=field)
    if not isinstance(excluded, Mapping):
        raise Invalid(_("What is excluded must be selectors too."), field=f"{field}.excluded")
    for kind in excluded:
        if kind not in EXCLUDABLE:
            raise Invalid(
                _("{kind} cannot be excluded.").format(kind=kind),
                field=f"{field}.excluded.{kind}",
                hint=_("Choose one of {kinds}.").format(kinds=", ".join(sorted(EXCLUDABLE))),
            )
    return Scope(
        tuple(selector(kind, values, field) for kind, values in sorted(given.items())),
        tuple(selector(kind, values, f"{field}.excluded") for kind, values in sorted(excluded.items())),
    )


def selector(kind: str, values: Any, field: str = "scope") -> Selector:
    """A selector of one value or many. Raises Invalid for an unknown kind, no value, or a value of the wrong form."""
    if kind not in SELECTORS:
        raise Invalid(
            _("There is no selector {kind}.").format(kind=repr(kind)),
            field=f"{field}.{kind}",
            hint=_("Choose one of {kinds}.").format(kinds=", ".join(SELECTORS)),
        )
    many: Iterable[Any] = values if isinstance(values, (list, tuple, set, frozenset)) else [values]
    texts = frozenset(form(kind, each, f"{field}.{kind}") for each in many)
    if not 0 < len(texts) <= MOST_VALUES:
        raise Invalid(
            _("The selector {kind} needs between 1 and {most} values.").format(kind=kind, most=MOST_VALUES),
            field=f"{field}.{kind}",
        )
    return Selector(kind, texts)


def form(kind: str, value: Any, field: str) -> str:
    """The one form of a value: numbers without sign or zeros, domains in lower case."""
    text = str(value).strip()
    if isinstance(value, (bool, dict)) or not text or len(text) > 500:
        raise Invalid(_("{value} is no value for {kind}.").format(value=repr(value), kind=kind), field=field)
    if SELECTORS[kind].number:
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            raise Invalid(
                _("{kind} takes numbers, not {value}.").format(kind=kind, value=repr(value)), field=field
            )
        return str(int(text))
    return text.lower().rstrip(".") if kind in ("domain", "link_domain", "content") else text
