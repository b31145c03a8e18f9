"""Keeps coverage statements true: whoever enters the scope of a measure is told before any mail of theirs is withheld.

Selectors decide what is in force; who that is, is stated in revisions. A revision, its notices and its line in the
register are written in one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from fairpost.audit.actions import record
from fairpost.enforcement.acting import lock_decision, measure_row, state_of
from fairpost.enforcement.actions.propose_decision import add_revision
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import needs_of
from fairpost.enforcement.coverage.compute import coverage
from fairpost.enforcement.coverage.extend import Statement, is_stated, may_differ, stated, why_stated_anew
from fairpost.enforcement.coverage.reach import reached_by
from fairpost.enforcement.force.effective import Effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.store import current
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import CoverageRevision
from fairpost.enforcement.narrowing import scope_of
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.scope.subject import Subject
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.queries.sender_changes import senders_stamp
from fairpost.tenants.queries.senders import Sender, senders

COVERAGE = Actor(name="coverage", via="system")
CAN_GROW = frozenset({"scheduled", "active", "stayed"})


@dataclass
class Seen:
    """What the last look saw: a new process looks at everything once, later ones at what has changed."""

    stamp: str = ""
    version: int = -1
    senders: dict[int, Sender] = field(default_factory=dict)
    measures: frozenset[int] = frozenset()


SEEN = Seen()


def extend_coverage(clock: Clock = SYSTEM_CLOCK, seen: Seen = SEEN) -> int:
    """States anew, and tells, whom measures in force cover now and did not, or do not any more. Returns how many.

    Costs two short queries where no sender and no measure has changed since the last look; else only measures that
    reach a changed sender are computed again. Running campaigns come under what they are in now afterwards.
    """
    now = clock.now()
    stamp, snapshot = senders_stamp(now), current()
    if (stamp, snapshot.version) == (seen.stamp, seen.version):
        return 0
    forces = {each.source_id: each for each in list(snapshot.forces.values()) if can_grow(each, now)}
    everybody = {each.identity_id: each for each in senders(now)}
    found = changed_measures(forces, everybody, seen)
    count = sum(extend_measure(number, now) for number in found)
    if stamp != seen.stamp:
        mailings().classify()
    seen.stamp, seen.version, seen.senders, seen.measures = stamp, snapshot.version, everybody, frozenset(forces)
    return count


def can_grow(force: Force, now: datetime) -> bool:
    return force.source == "measure" and (force.ends_at is None or now < force.ends_at)


def changed_measures(forces: dict[int, Force], everybody: dict[int, Sender], seen: Seen) -> list[int]:
    """Measures whose reach is not the one that was stated."""
    scopes = {number: each.scope for number, each in forces.items()}
    before, after = set(seen.senders.values()), set(everybody.values())
    touched = reached_by(scopes, before ^ after).keys() | (forces.keys() - seen.measures)
    reach = reached_by({number: scopes[number] for number in touched}, everybody.values())
    return [
        number
        for number, statement in sorted(latest_statements(touched).items())
        if may_differ(statement, scopes[number], reach.get(number, ()))
    ]


def include_newcomers(found: Iterable[tuple[Subject, Effective]], now: datetime) -> int:
    """Tells those who send what is answered, before it takes effect, in the caller's transaction if there is one.

    Only measures that apply to one of these are looked at. Returns how many statements were made.
    """
    met: dict[int, list[tuple[Force, Subject]]] = defaultdict(list)
    for subject, answer in found:
        for force in answer.reasons:
            if force.source == "measure":
                met[force.source_id].append((force, subject))
    count = 0
    for number, statement in latest_statements(met).items():
        strangers = [each for force, each in met[number] if not is_stated(statement, force, each)]
        if strangers:
            accounts = frozenset(int(each) for subject in strangers for each in subject.facets["account"])
            count += extend_measure(number, now, accounts)
    return count


MOST_KEPT = 10_000  # statements that this process remembers
KEPT: dict[int, Statement] = {}  # by the number of the revision, which is never given twice


def latest_statements(measures: Collection[int]) -> dict[int, Statement]:
    """The latest statement of each of these measures; what was read once is not read again."""
    rows = CoverageRevision.objects.filter(measure_id__in=list(measures))
    latest = dict(rows.values_list("measure_id").annotate(Max("pk")).order_by())
    missing = set(latest.values()) - KEPT.keys()
    if len(KEPT) + len(missing) > MOST_KEPT:
        KEPT.clear()
        missing = set(latest.values())
    KEPT.update(CoverageRevision.objects.filter(pk__in=missing).values_list("pk", "statement") if missing else ())
    return {measure: KEPT[number] for measure, number in latest.items()}


def extend_measure(measure_id: int, now: datetime, linking: frozenset[int] = frozenset()) -> bool:
    """States anew whom one measure covers, if that is not what was stated last. `linking` as for `coverage`."""
    with transaction.atomic():
        row = measure_row(measure_id)
        lock_decision(row.decision_id)
        if state_of(row, now) not in CAN_GROW:
            return False
        latest = CoverageRevision.objects.filter(measure_id=measure_id).latest("revision")
        scope = scope_of(row)
        if scope.values("link_domain"):
            linking |= stated(latest.statement, "accounts")  # who linked there once stays stated
        covered = coverage(
            scope, needs_of(MEASURES[row.kind], row.mechanism), now, settings.FAIRPOST.territory_attribute, linking
        )
        why = why_stated_anew(latest.statement, covered.statement)
        if not why:
            return False
        made = add_revision(row, covered, why, now)
        record(
            actor=COVERAGE,
            act="coverage.extended",
            account_id=None,
            subject=f"measure:{measure_id}",
            facts={"decision": row.decision_id, "revision": made.revision, "why": why, "hash": made.hash},
        )
        detail = {"why": why, "accounts": accounts_grown(latest.statement, covered.statement, now)}
        follow(Happening("coverage.extended", now, row.decision_id, measure_id, detail=detail))
    return True


def accounts_grown(before: Statement, after: Statement, now: datetime) -> list[int]:
    """The accounts of sender identities that are covered now and were not."""
    fresh = stated(after, "identities") - stated(before, "identities")
    return sorted({each.account_id for each in senders(now, identities=fresh)})
