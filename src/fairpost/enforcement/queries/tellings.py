"""What an account was told of decisions, in the order in which it was told: for programs that want to know too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from fairpost.enforcement.models import NoticeEvent
from fairpost.enforcement.naming import decision_url, label


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice that may be read. `why` is as in `notices/facts.py`; one happening is told in a notice per person."""

    id: int
    why: str
    decision: str
    measures: tuple[str, ...]
    at: datetime
    url: str


def tellings(account_id: int, *, after: int = 0, limit: int = 500) -> list[Telling]:
    """Notices of decisions that were queued, or released from being withheld, behind the one with number `after`.

    Those that reach an organisation through the account are left out: they do not concern the account itself.
    """
    rows = (
        NoticeEvent.objects.filter(
            pk__gt=after,
            what__in=("queued", "released"),
            notice__account_id=account_id,
            notice__decision__isnull=False,
            notice__organisation__isnull=True,
        )
        .exclude(notice__post__state="withheld")
        .select_related("notice")
        .order_by("pk")[:limit]
    )
    return [
        Telling(
            row.pk,
            row.notice.why,
            label("decision", row.notice.decision_id),
            tuple(label("measure", each) for each in row.notice.measures),
            row.notice.at,
            decision_url(row.notice.decision_id),
        )
        for row in rows
    ]


def newest_telling(account_id: int) -> int:
    """The number of the last one, 0 where there is none."""
    rows = NoticeEvent.objects.filter(notice__account_id=account_id)
    return rows.aggregate(newest=Max("pk"))["newest"] or 0
