"""Makes a content class, or the next version of one; measures that name an earlier version keep it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairpost.enforcement.classes.definition import write_class
from fairpost.enforcement.policies.texts import Texts
from fairpost.enforcement.queries.content_classes import ContentClassView, view_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@transaction.atomic
def create_content_class(
    *,
    actor: Actor,
    name: str,
    rule: Any,
    texts: Texts,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ContentClassView:
    """The next version of `name`, or its first. `rule` is the JSON of `classes/rule.py`, `texts` {language: {"title",
    "text"}}. Raises Invalid, with the place in the rule, for what is no rule, and Conflict where the latest
    version is the same already.
    """
    authorise(actor, "policy.manage")
    person_id = acting_person(actor)
    row = write_class(actor, name, rule, texts, person_id=person_id, reason=reason, clock=clock)
    return view_of(row)
