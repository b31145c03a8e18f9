"""Whoever acts or sends, as facets that selectors are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.enforcement.scope.selector import NOTHING


@dataclass(frozen=True, slots=True)
class Subject:
    """Facets (kind of selector -> values, as text) and the capabilities that what is done needs.

    `known_classes` are the content classes that this content was held against; a class that is not among them is
    not decided yet and counts as matching, so that nothing slips past a new class. None: all are decided.
    `cleared_at` is when a person last released this very content.
    """

    facets: Mapping[str, frozenset[str]]
    needs: frozenset[str]
    known_classes: frozenset[str] | None = None
    cleared_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "facets": {kind: sorted(values) for kind, values in self.facets.items() if values},
            "needs": sorted(self.needs),
            "known_classes": None if self.known_classes is None else sorted(self.known_classes),
            "cleared_at": self.cleared_at.isoformat() if self.cleared_at else None,
        }


def subject_from_json(data: Mapping[str, Any]) -> Subject:
    known = data["known_classes"]
    return Subject(
        {kind: frozenset(values) for kind, values in data["facets"].items()},
        frozenset(data["needs"]),
        None if known is None else frozenset(known),
        datetime.fromisoformat(data["cleared_at"]) if data["cleared_at"] else None,
    )


def subject(
    needs: Iterable[str],
    known_classes: Iterable[str] | None = (),
    cleared_at: datetime | None = None,
    **facets: Any,
) -> Subject:
    """A subject of plain values: `subject(["sending"], account=3, domain="news.party.example")`.

    None and empty values are left out. Domains stand for their parents too: a selector `party.example` reaches
    `news.party.example`.
    """
    wanted = frozenset(needs)
    made = {kind: texts(kind, value) for kind, value in facets.items()}
    made["capability"] = wanted
    made.setdefault("channel", frozenset({"email"}))
    known = None if known_classes is None else frozenset(known_classes) | made.get("content_class", NOTHING)
    return Subject({kind: values for kind, values in made.items() if values}, wanted, known, cleared_at)


def texts(kind: str, value: Any) -> frozenset[str]:
    many = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
    found = frozenset(str(each) for each in many if each not in (None, ""))
    if kind in ("domain", "link_domain"):
        return frozenset(parent for each in found for parent in with_parents(each.lower()))
    return found


def with_parents(domain: str) -> Iterable[str]:
    """`a.b.example` -> itself, `b.example` and `example`."""
    labels = domain.split(".")
    return (".".join(labels[index:]) for index in range(len(labels)))
