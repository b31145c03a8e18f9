"""Content classes, and which of them a content version falls under: decided once, remembered per process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from fairpost.enforcement.classes.evaluate import Match, matches
from fairpost.enforcement.classes.facts import ContentFacts
from fairpost.enforcement.classes.port import Classifier
from fairpost.enforcement.classes.rule import Rule
from fairpost.enforcement.classes.rule_json import rule_from_json
from fairpost.enforcement.models import ContentClass
from fairpost.enforcement.policies.names import label, split_label
from fairpost.enforcement.policies.texts import Texts, chosen
from fairpost.enforcement.queries.content_facts import content_facts
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

MOST_REMEMBERED = 50_000  # answers of a process, some hundred bytes each
MOST_RULES = 1_000
MOST_FACTS = 4  # whole texts, of which several classes are asked one after the other


@dataclass(frozen=True, slots=True)
class ContentClassView:
    """One version of one class; `label` is `name@version`, `rule` its JSON (`classes/rule.py`)."""

    id: int
    name: str
    version: int
    label: str
    rule: Mapping[str, Any]
    hash: str
    created_by_person_id: int | None
    created_at: datetime
    texts: Texts

    def title(self, language: str) -> str:
        return self.texts[chosen(self.texts, language)]["title"]

    def text(self, language: str) -> str:
        return self.texts[chosen(self.texts, language)]["text"]


def content_class(label_or_name: str) -> ContentClassView:
    """The version of a label `name@version`; of a bare name, the latest. Raises NotFound."""
    name, version = split_label(label_or_name)
    rows = ContentClass.objects.filter(name=name).order_by("-version")
    row = (rows.filter(version=version) if version else rows).first()
    if row is None:
        raise missing(label_or_name)
    return view_of(row)


def content_class_by_id(class_id: int) -> ContentClassView:
    """The version that a measure refers to. Raises NotFound."""
    row = ContentClass.objects.filter(id=class_id).first()
    if row is None:
        raise missing(str(class_id))
    return view_of(row)


def content_classes(*, after: int = 0, limit: int = 100) -> list[ContentClassView]:
    """Every version of every class, by id, those with a higher id than `after`."""
    return [view_of(each) for each in ContentClass.objects.filter(id__gt=after).order_by("id")[:limit]]


def missing(wanted: str) -> NotFound:
    return NotFound(
        _("There is no content class {name}.").format(name=wanted),
        field="class",
        hint=_("`fairpost class list` shows them."),
    )


def view_of(row: ContentClass) -> ContentClassView:
    return ContentClassView(
        id=row.id,
        name=row.name,
        version=row.version,
        label=label(row.name, row.version),
        rule=row.rule,
        hash=row.hash,
        created_by_person_id=row.created_by_person_id,
        created_at=row.created_at,
        texts=row.texts,
    )


class PlainRules:
    """Classifies by the rules of the classes alone."""

    def classify(self, account_id: int, version_id: int, class_ids: Iterable[int]) -> dict[int, Match]:
        """As `Classifier` says; each answer is worked out once per process, while it is remembered."""
        return {each: answer(account_id, version_id, each) for each in class_ids}


PLAIN_RULES: Classifier = PlainRules()


def classify(account_id: int, version_id: int, class_ids: Iterable[int]) -> dict[int, Match]:
    """Which of these classes the version falls under, with what decided it. Raises NotFound."""
    return PLAIN_RULES.classify(account_id, version_id, class_ids)


@lru_cache(maxsize=MOST_REMEMBERED)
def answer(account_id: int, version_id: int, class_id: int) -> Match:
    """Ids are never given twice and neither side ever changes, so what was once answered holds."""
    return matches(rule_of(class_id), facts_of(account_id, version_id))


@lru_cache(maxsize=MOST_RULES)
def rule_of(class_id: int) -> Rule:
    return rule_from_json(content_class_by_id(class_id).rule)


@lru_cache(maxsize=MOST_FACTS)
def facts_of(account_id: int, version_id: int) -> ContentFacts:
    return content_facts(account_id, version_id)
