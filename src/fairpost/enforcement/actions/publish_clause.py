"""Brings a version of a clause into force, now or at a date, for what is decided from then on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from fairpost.enforcement.policies.publication import ClauseDraft, write_clause
from fairpost.enforcement.policies.texts import Texts
from fairpost.enforcement.queries.policies import ClauseView, view_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise


@transaction.atomic
def publish_clause(
    *,
    actor: Actor,
    code: str,
    texts: Texts,
    dsa_category: str,
    dsa_keywords: Collection[str] = (),
    ground: str = "incompatible",
    effective_from: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ClauseView:
    """The next version of `code`, or its first; the version before ends at `effective_from` (default: now).

    `texts` is {language: {"title", "text"}}. Raises Invalid for a time in the past or without zone and for
    what the schema of statements of reasons does not know, Conflict where the version before begins later.
    """
    authorise(actor, "policy.manage")
    acting_person(actor)
    draft = ClauseDraft(code, texts, dsa_category, dsa_keywords, ground, effective_from)
    return view_of(write_clause(actor, draft, reason=reason, clock=clock))
