"""What became of a measure for one recipient: how it ended, whether it is stayed, and how an appeal against it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from fairpost.enforcement.appeals.states import OPEN
from fairpost.enforcement.dsa.statement_input import Aftermath
from fairpost.enforcement.models import Appeal, AppealRuling
from fairpost.enforcement.queries.decisions import MeasureView
from fairpost.tenants.queries import account
from fairpost.tenants.queries.neighbourhood import organisations_same

ENDINGS = ("lifted", "overturned", "superseded")
WEIGHT = {"overturned": 2, "varied": 1}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a statement is for: `kind` is account or organisation."""

    kind: str
    number: int

    @property
    def label(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def organisation_id(self) -> int:
        """The organisation, or the one that holds the account."""
        return self.number if self.kind == "organisation" else account(self.number).holder_id


def aftermath_of(measure: MeasureView, recipient: Recipient, now: datetime) -> Aftermath:
    """As it stands at `now`. A ruling for one participant of a joint sender counts for that one only."""
    ended, ended_on, over_since = ending(measure)
    ruling = ruling_for(measure.id, recipient, now)
    if ruling is None:
        return Aftermath(
            ended, ended_on, *open_appeal(measure.decision_id, recipient, now), stayed_on(measure), over_since
        )
    outcome = ruling.outcome
    if ruling.organisation_id is not None and outcome == "overturned":
        if leaves_out(ruling, recipient):
            ended, ended_on = "overturned", day(ruling.at)
        else:
            outcome = "varied"  # only its strike fell, or part of what it sends: the measure goes on for it
    return Aftermath(ended, ended_on, outcome, day(ruling.at), stayed_on(measure), over_since)


def ending(measure: MeasureView) -> tuple[str | None, date | None, date | None]:
    """(how it ended, when, since when it has had no force)."""
    acts = [each for each in measure.acts if each.act in ENDINGS]
    if measure.state in ENDINGS and acts:
        return measure.state, day(acts[-1].at), day(acts[0].at)
    if measure.state == "lapsed" and measure.ends_at:
        return "lapsed", day(measure.ends_at), None
    return None, None, None


def stayed_on(measure: MeasureView) -> date | None:
    if measure.state != "stayed":
        return None
    return next((day(each.at) for each in reversed(measure.acts) if each.act == "stayed"), None)


def ruling_for(measure_id: int, recipient: Recipient, now: datetime) -> AppealRuling | None:
    """The ruling that says most to the recipient: what was taken away stays so, whatever was ruled for others later."""
    rulings = list(AppealRuling.objects.filter(measure_id=measure_id, at__lte=now).order_by("at", "pk"))
    if any(each.organisation_id is not None for each in rulings):
        same = organisations_same([recipient.organisation_id])
        rulings = [each for each in rulings if each.organisation_id is None or each.organisation_id in same]
    return max(rulings, key=lambda each: (WEIGHT.get(each.outcome, 0), each.at, each.pk), default=None)


def leaves_out(ruling: AppealRuling, recipient: Recipient) -> bool:
    """Whether nothing of the recipient is in the measure's scope any more."""
    organisations = {int(each) for each in ruling.excluded.get("organisation", ())}
    accounts = {int(each) for each in ruling.excluded.get("account", ())}
    if recipient.kind == "account" and recipient.number in accounts:
        return True
    return not organisations.isdisjoint(organisations_same([recipient.organisation_id]))


def open_appeal(decision_id: int, recipient: Recipient, now: datetime) -> tuple[str | None, date | None]:
    rows = Appeal.objects.filter(decision_id=decision_id, state__in=OPEN, filed_at__lte=now)
    own = {f"{recipient.kind}_id": recipient.number}
    row = rows.filter(**own).order_by("-filed_at").first()
    return ("filed", day(row.filed_at)) if row else (None, None)


def day(at: datetime) -> date:
    return at.astimezone(UTC).date()
