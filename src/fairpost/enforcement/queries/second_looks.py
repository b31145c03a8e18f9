"""What came into force without a second person, and waits for one to look at it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.models import Measure
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise

ROLE = "second_look"


@dataclass(frozen=True, slots=True)
class SecondLook:
    """One measure. `ends_at` is when it lapses by itself; a look is due all the same."""

    decision_id: int
    decision: str
    measure: str
    kind: str
    case: str
    state: str
    since: datetime
    ends_at: datetime | None


def second_looks(actor: Actor, *, kind: str = "", clock: Clock = SYSTEM_CLOCK) -> list[SecondLook]:
    """Interim holds, brakes and hand-overs to authorities that nobody else has looked at yet, the oldest first."""
    authorise(actor, "enforcement.read")
    now = clock.now()
    rows = Measure.objects.filter(four_eyes="after", acts__act="activated").exclude(decision__hands__role=ROLE)
    if kind:
        rows = rows.filter(kind=kind)
    return [look(each, now) for each in rows.select_related("decision").prefetch_related("acts").order_by("pk")]


def look(measure: Measure, now: datetime) -> SecondLook:
    ends_at = measure.duration.get("ends_at")
    return SecondLook(
        decision_id=measure.decision_id,
        decision=label("decision", measure.decision_id),
        measure=label("measure", measure.pk),
        kind=measure.kind,
        case=label("case", measure.decision.case_id),
        state=state_of(measure, now),
        since=next(each.at for each in measure.acts.all() if each.act == "activated"),
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
    )
