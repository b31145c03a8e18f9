"""Puts the neutral starter policy into force, and leaves alone every clause that is there already."""

from __future__ import annotations

from django.db import transaction

from fairpost.enforcement.models import PolicyClause
from fairpost.enforcement.policies.publication import write_clause
from fairpost.enforcement.policies.starter import starter_clauses
from fairpost.enforcement.queries.policies import ClauseView, view_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


@transaction.atomic
def install_starter_policy(
    *, actor: Actor, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> tuple[ClauseView, ...]:
    """The clauses that it published: all six at first, none the second time.

    No person is asked for: nobody writes anything, and an installation needs a policy before it has people.
    """
    authorise(actor, "policy.manage")
    there = set(PolicyClause.objects.values_list("code", flat=True))
    missing = [each for each in starter_clauses() if each.code not in there]
    return tuple(view_of(write_clause(actor, each, reason=reason, clock=clock)) for each in missing)
