"""What has changed in whom a measure covers since that was last stated, and whether it must be stated anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fairpost.enforcement.force.force import Force
from fairpost.enforcement.scope.selector import NOTHING, Scope
from fairpost.enforcement.scope.subject import Subject
from fairpost.tenants.queries.senders import Sender

Statement = Mapping[str, Any]
KINDS = ("organisations", "accounts", "units", "identities", "domains")


def why_stated_anew(before: Statement, after: Statement) -> str:
    """`participant_left` where somebody takes no part any more, `addendum` where somebody is covered or told who was
    not, `narrowed` where somebody is not covered any more; empty where nothing of that is so."""
    if told(before) - told(after):
        return "participant_left"
    if told(after) - told(before) or any(stated(after, kind) - stated(before, kind) for kind in KINDS):
        return "addendum"
    return "narrowed" if any(stated(before, kind) - stated(after, kind) for kind in KINDS) else ""


def stated(statement: Statement, kind: str) -> frozenset[Any]:
    """Who of a kind is covered by a statement: numbers, of domains their names."""
    return frozenset(each["name" if kind == "domains" else "id"] for each in statement["covered"][kind])


def told(statement: Statement) -> frozenset[int]:
    """The organisations that are told for themselves."""
    return frozenset(each["organisation_id"] for each in statement["notices"] if "organisation_id" in each)


def may_differ(statement: Statement, scope: Scope, reached: Sequence[Sender]) -> bool:
    """Whether the senders that a scope reaches now are other ones than it was stated, at a glance."""
    members = frozenset().union(*(each.participant_ids for each in reached))
    named = frozenset(int(each) for each in scope.values("organisation"))
    legal = frozenset().union(*(each.holder_ids | each.legal_ids for each in reached))
    return (
        {each.identity_id for each in reached} != stated(statement, "identities")
        or members | named != told(statement)
        or not legal <= stated(statement, "organisations")
        or not {each.domain for each in reached} <= stated(statement, "domains")
    )


def is_stated(statement: Statement, force: Force, subject: Subject) -> bool:
    """Whether mail with this subject comes from somebody whom the statement says to be covered.

    Of a measure on links its account is enough: only its mail that links there is covered.
    """
    if not numbers(subject, "account") <= stated(statement, "accounts"):
        return False
    if force.scope.values("link_domain"):
        return True
    return numbers(subject, "identity") <= stated(statement, "identities") and numbers(
        subject, "organisation"
    ) <= stated(statement, "organisations")


def numbers(subject: Subject, kind: str) -> frozenset[int]:
    values: Iterable[str] = subject.facets.get(kind, NOTHING)
    return frozenset(int(each) for each in values)
