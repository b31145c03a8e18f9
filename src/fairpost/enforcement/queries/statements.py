"""Statements of reasons: those that were exported, those that can be now, and why the others cannot.

A measure may have many, one for each recipient of its notice, and later ones that correct an earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from fairpost.enforcement.dsa.mapping import NotExportable, statement_of
from fairpost.enforcement.dsa.statement_input import Aftermath
from fairpost.enforcement.models import (
    CoverageRevision,
    Measure,
    MeasureAct,
    RegisterKeepOut,
    RegisterSeal,
    StatementOfReasons,
)
from fairpost.enforcement.queries.aftermath import Recipient, aftermath_of
from fairpost.enforcement.queries.decisions import ROWS, DecisionView, MeasureView, view
from fairpost.enforcement.queries.statement_inputs import statement_input
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

IN_FORCE = frozenset({"active", "stayed", "expired", "lapsed", "lifted", "overturned", "superseded"})
NEWS = ("activated", "overturned")  # acts that a statement, or its correction, is due for


@dataclass(frozen=True, slots=True)
class ExportedStatement:
    """A statement as it was exported at `exported_at`, or as it would be now (None). `statement` is its JSON object."""

    decision: str
    measure: str
    recipient: str
    revision: int
    puid: str
    reversal: str
    statement: Mapping[str, Any]
    exported_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotExported:
    """Why there is no statement of this measure for this recipient (empty: for nobody)."""

    decision: str
    measure: str
    recipient: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeasureStatements:
    """Everything there is of one measure, by recipient and revision; `id` is its number."""

    id: int
    decision: str
    measure: str
    kind: str
    statements: tuple[ExportedStatement, ...]
    not_exported: tuple[NotExported, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which measures: those of one decision, or with news (came into force, overturned, ruled on) in a period.

    `since` is included, `until` is not. `account_id` narrows it to what that account was told.
    """

    decision_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    account_id: int | None = None


def statements(actor: Actor, wanted: Wanted, *, clock: Clock = SYSTEM_CLOCK) -> list[ExportedStatement | NotExported]:
    """Everything of the wanted measures, by measure, what cannot be exported after what is or can."""
    found = measure_statements(actor, wanted, limit=None, clock=clock)
    return [line for each in found for line in (*each.statements, *each.not_exported)]


def measure_statements(
    actor: Actor, wanted: Wanted, *, after: int = 0, limit: int | None = 100, clock: Clock = SYSTEM_CLOCK
) -> list[MeasureStatements]:
    """Measures with a higher number than `after`. A customer sees what its own account was told.

    Raises NotFound for a decision that there is not, or not for this account, and for another account.
    """
    account_id = wanted.account_id if actor.account_id is None else wanted.account_id or actor.account_id
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    now = clock.now()
    rows = measures(wanted, account_id).filter(pk__gt=after)[:limit]
    found = of_measures(rows, account_id, now)
    if actor.account_id is not None:
        found = [each for each in found if each.statements or each.not_exported]
    if not found and not after and wanted.decision_id is not None:
        raise NotFound(_("There is no decision D-{decision}.").format(decision=wanted.decision_id))
    return found


def measures(wanted: Wanted, account_id: int | None) -> QuerySet[Measure]:
    rows = Measure.objects.order_by("pk")
    if wanted.decision_id is not None:
        rows = rows.filter(decision_id=wanted.decision_id)
    if wanted.since is not None or wanted.until is not None:
        rows = rows.filter(pk__in=with_news(wanted.since, wanted.until))
    if account_id is not None:
        rows = rows.filter(coverage__statement__notices__contains=[{"account_id": account_id}]).distinct()
    return rows


def with_news(since: datetime | None, until: datetime | None) -> QuerySet[Measure, Any]:
    act, ruling = Q(acts__act__in=NEWS), Q(rulings__isnull=False)
    if since is not None:
        act, ruling = act & Q(acts__at__gte=since), ruling & Q(rulings__at__gte=since)
    if until is not None:
        act, ruling = act & Q(acts__at__lt=until), ruling & Q(rulings__at__lt=until)
    return Measure.objects.filter(act | ruling).values("pk")


def of_measures(rows: Iterable[Measure], account_id: int | None, now: datetime) -> list[MeasureStatements]:
    """What there is of these measures; with an account, as far as it concerns that account."""
    wanted = [(each.pk, each.decision_id) for each in rows]
    decisions = {row.pk: view(row, now) for row in ROWS.filter(pk__in={decision for _pk, decision in wanted})}
    stored = stored_by_measure([pk for pk, _decision in wanted])
    told = told_by_measure([pk for pk, _decision in wanted])
    secret = unpublished(decisions, now)
    found = []
    for pk, number in wanted:
        decision = decisions[number]
        measure = next(each for each in decision.measures if each.id == pk)
        if account_id is not None and number in secret:
            continue  # an order may forbid even to say so
        found.append(of_measure(decision, measure, stored.get(pk, ()), told[pk], number in secret, account_id, now))
    return found


def stored_by_measure(numbers: Sequence[int]) -> dict[int, list[StatementOfReasons]]:
    found: dict[int, list[StatementOfReasons]] = {}
    for row in StatementOfReasons.objects.filter(measure_id__in=numbers).order_by("recipient", "revision"):
        found.setdefault(row.measure_id, []).append(row)
    return found


def told_by_measure(numbers: Sequence[int]) -> dict[int, list[Recipient]]:
    """Everybody who got a notice of its own since the measure came into force, those who left it later too.

    They stand in the coverage statement of the activation and in every later one; before activation, in the last.
    """
    activated = dict(
        MeasureAct.objects.filter(measure_id__in=numbers, act="activated")
        .order_by("-pk")
        .values_list("measure_id", "at")
    )
    found: dict[int, dict[Recipient, None]] = {number: {} for number in numbers}
    for row in CoverageRevision.objects.filter(measure_id__in=numbers).order_by("measure_id", "revision"):
        since = activated.get(row.measure_id)
        if since is None or row.at <= since:
            found[row.measure_id].clear()
        notices = row.statement.get("notices", ())
        recipients = (Recipient(name.removesuffix("_id"), number) for each in notices for name, number in each.items())
        found[row.measure_id].update(dict.fromkeys(recipients))
    return {number: list(recipients) for number, recipients in found.items()}


def unpublished(decisions: Iterable[int], now: datetime) -> frozenset[int]:
    """The decisions that an order keeps secret, or that are sealed for now."""
    numbers = list(decisions)
    kept = RegisterKeepOut.objects.filter(decision_id__in=numbers, ended_at__isnull=True)
    sealed = RegisterSeal.objects.filter(decision_id__in=numbers, ended_at__isnull=True, until__gt=now)
    return frozenset({*kept.values_list("decision_id", flat=True), *sealed.values_list("decision_id", flat=True)})


def of_measure(
    decision: DecisionView,
    measure: MeasureView,
    stored: Sequence[StatementOfReasons],
    told: Sequence[Recipient],
    secret: bool,
    account_id: int | None,
    now: datetime,
) -> MeasureStatements:
    made: list[ExportedStatement] = []
    missing: list[NotExported] = []
    recipients = [each for each in told if account_id is None or each == Recipient("account", account_id)]
    for recipient in recipients:
        earlier = [each for each in stored if each.recipient == recipient.label]
        made += [exported(each, decision, measure) for each in earlier]
        match due(decision, measure, recipient, earlier, secret, now):
            case ExportedStatement() as statement:
                made.append(statement)
            case NotExportable(code, reason):
                missing.append(NotExported(decision.label, measure.label, recipient.label, code, reason))
    if not recipients and account_id is None:
        reason = _("It covers no account and no organisation here, so nobody is told its reasons.")
        missing.append(NotExported(decision.label, measure.label, "", "nobody", reason))
    return MeasureStatements(measure.id, decision.label, measure.label, measure.kind, tuple(made), tuple(missing))


def due(
    decision: DecisionView,
    measure: MeasureView,
    recipient: Recipient,
    earlier: Sequence[StatementOfReasons],
    secret: bool,
    now: datetime,
) -> ExportedStatement | NotExportable | None:
    """The statement or correction that is to be exported now; None where nothing is left to be said."""
    aftermath = aftermath_of(measure, recipient, now)
    turn = reversal(aftermath)
    last = earlier[-1] if earlier else None
    if last is not None and turn in ("", last.reversal):
        return None
    revision, corrects = (last.revision + 1, last.puid) if last else (0, "")
    given = statement_input(decision, measure, recipient, aftermath, revision, corrects, now)
    made = statement_of(given)
    if isinstance(made, NotExportable) and made.code == "no_restriction":
        return made
    if waits := not_yet(measure, secret, now):
        return waits
    if isinstance(made, NotExportable):
        return made
    return ExportedStatement(
        decision.label, measure.label, recipient.label, revision, made.puid, turn, made.fields, None
    )


def not_yet(measure: MeasureView, secret: bool, now: datetime) -> NotExportable | None:
    if measure.state not in IN_FORCE or measure.active_since is None:
        return NotExportable("not_in_force", _("It has not come into force."))
    if secret:
        return NotExportable("unpublished", _("It is not published now: the register keeps it sealed or out."))
    settled = measure.active_since + timedelta(hours=settings.FAIRPOST.dsa_settling_hours)
    if settled > now:
        message = _("It is young and may still change: it can be exported from {time} on.")
        return NotExportable("settling", message.format(time=settled.isoformat(timespec="minutes")))
    return None


def reversal(aftermath: Aftermath) -> str:
    """Which turn of an appeal a statement must tell; only these are corrected, not an end in the ordinary course."""
    if aftermath.ended == "overturned" or aftermath.appeal == "overturned":
        return "overturned"
    return "varied" if aftermath.appeal == "varied" else ""


def exported(row: StatementOfReasons, decision: DecisionView, measure: MeasureView) -> ExportedStatement:
    return ExportedStatement(
        decision.label,
        measure.label,
        row.recipient,
        row.revision,
        row.puid,
        row.reversal,
        row.statement,
        row.exported_at,
    )
