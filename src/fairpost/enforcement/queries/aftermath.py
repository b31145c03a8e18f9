"""What became of a measure for one recipient: how it ended, whether it is stayed, and how an appeal against it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from fairpost.enforcement.appeals.states import OPEN
from fairpost.enforcement.dsa.statement_input import Aftermath
from fairpost.enforcement.models import Appeal, AppealRuling
from fairpost.enforcement.queries.decisions import MeasureView
from fairpost.tenants.queries import account

ENDINGS = ("lifted", "overturned", "superseded")


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


def recipient_of(label: str) -> Recipient:
    kind, _hyphen, number = label.rpartition("-")
    return Recipient(kind, int(number))


def aftermath_of(measure: MeasureView, recipient: Recipient, now: datetime) -> Aftermath:
    """As it stands at `now`. A ruling for one participant of a joint sender counts for that one only."""
    ruling = ruling_for(measure.id, recipient, now)
    ended, ended_on, over_since = ending(measure)
    if ruling and ruling.organisation_id is not None and ruling.outcome == "overturned":
        ended, ended_on = "overturned", day(ruling.at)
    appeal, appeal_on = (ruling.outcome, day(ruling.at)) if ruling else open_appeal(measure.decision_id, recipient, now)
    return Aftermath(ended, ended_on, appeal, appeal_on, stayed_on(measure), over_since)


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
    """The latest ruling on this measure that concerns the recipient."""
    rulings = AppealRuling.objects.filter(measure_id=measure_id, at__lte=now).order_by("-at", "-pk")
    own = None
    for each in rulings:
        if each.organisation_id is None:
            return each
        own = own or recipient.organisation_id
        if each.organisation_id == own:
            return each
    return None


def open_appeal(decision_id: int, recipient: Recipient, now: datetime) -> tuple[str | None, date | None]:
    rows = Appeal.objects.filter(decision_id=decision_id, state__in=OPEN, filed_at__lte=now)
    own = {f"{recipient.kind}_id": recipient.number}
    row = rows.filter(**own).order_by("-filed_at").first()
    return ("filed", day(row.filed_at)) if row else (None, None)


def day(at: datetime) -> date:
    return at.astimezone(UTC).date()
