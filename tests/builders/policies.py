"""Clauses and content classes for tests, published by the real actions."""

from __future__ import annotations

import itertools
from typing import Any

from tests.builders.tenants import make_person

from fairpost.enforcement.actions.create_content_class import create_content_class
from fairpost.enforcement.actions.publish_clause import publish_clause
from fairpost.enforcement.queries.content_classes import ContentClassView
from fairpost.enforcement.queries.policies import ClauseView
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

NUMBERS = itertools.count(1)
TEXTS = {
    "en": {"title": "Violence", "text": "No calls for violence.\n\nNot allowed:\n- threats\n- praise of attacks"},
    "fr": {"title": "Violence (fr)", "text": "Pas d'appel à la violence."},
    "it": {"title": "Violenza", "text": "Nessun appello alla violenza."},
}
CATEGORY = "STATEMENT_CATEGORY_VIOLENCE"
KEYWORD = "KEYWORD_INCITEMENT_VIOLENCE_HATRED"


def policy_manager(clock: Clock = SYSTEM_CLOCK) -> Actor:
    """A person who may write policies: an operator of the installation."""
    return make_person(None, "Pia", "operator", clock=clock)


def make_clause(
    code: str = "violence", *, actor: Actor | None = None, clock: Clock = SYSTEM_CLOCK, **given: Any
) -> ClauseView:
    """A version of a clause, in force from `effective_from` (default: now)."""
    content = {"texts": TEXTS, "dsa_category": CATEGORY, "dsa_keywords": [KEYWORD], **given}
    return publish_clause(actor=actor or policy_manager(clock), code=code, clock=clock, **content)


def make_class(
    rule: Any, name: str = "", *, actor: Actor | None = None, clock: Clock = SYSTEM_CLOCK, **given: Any
) -> ContentClassView:
    """A version of a content class with this rule."""
    name = name or f"class-{next(NUMBERS)}"
    texts = {"en": {"title": name.title(), "text": "A class of the tests."}}
    content = {"texts": texts, "rule": rule, **given}
    return create_content_class(actor=actor or policy_manager(clock), name=name, clock=clock, **content)
