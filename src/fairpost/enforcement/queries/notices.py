"""Notices as they are read: by those who were told, in their account; by the installation, with what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from fairpost.audit.vault import open_for
from fairpost.enforcement.models import Notice, NoticeEvent
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.keep import address_of, opened
from fairpost.enforcement.notices.tokens import read_notice_token
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice without its words. `number` is N-5; `to` is the person or outside contact that it went to.

    `state` is queued, withheld, handed_over, delivered or failed; `seconds` is how long the hand-over took.
    """

    id: int
    number: str
    decision: str
    why: str
    account_id: int | None
    organisation_id: int | None
    to: str
    language: str
    at: datetime
    state: str
    seconds: float | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that became of a notice. `detail` holds what the relay said."""

    what: str
    at: datetime
    person_id: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice word for word; `text` and `html` are None where it was erased.

    `address` is told to the installation only. `sha256`, in the open, is of {html, subject, text} as JSON.
    """

    id: int
    number: str
    decision: str
    why: str
    account_id: int | None
    organisation_id: int | None
    to: str
    language: str
    at: datetime
    state: str
    measures: tuple[str, ...]
    message_id: str
    sha256: str
    address: str | None
    subject: str | None
    text: str | None
    html: str | None
    events: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices: of one decision, of those that failed or are withheld, or all."""

    decision_id: int | None = None
    state: str | None = None


ALL = Wanted()


def notices(
    actor: Actor, account_id: int | None, wanted: Wanted = ALL, *, before: int | None = None, limit: int = 100
) -> list[NoticeRow]:
    """The newest first. Of an account those that it was told; of the installation (None) every one."""
    rows = in_reach(actor, account_id)
    if wanted.decision_id is not None:
        rows = rows.filter(decision_id=wanted.decision_id)
    if wanted.state is not None:
        rows = rows.filter(post__state=wanted.state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [row_of(each) for each in rows.order_by("-pk")[:limit]]


def notice(actor: Actor, account_id: int | None, notice_id: int) -> NoticeView:
    """One notice word for word. Raises NotFound for another account's, and for one that its account may not see yet."""
    view = view_of(found(actor, account_id, notice_id))
    return view if actor.account_id is None else replace(view, address=None)


def notice_message(actor: Actor, account_id: int | None, notice_id: int) -> bytes:
    """The very message that was handed over last, as evidence (RFC 5322). Raises Conflict where none was yet."""
    row = found(actor, account_id, notice_id)
    events = [each for each in row.told if each.sealed is not None]  # type: ignore[attr-defined]
    message = open_for(row.content_subject, bytes(events[-1].sealed)) if events else None
    if message is None:
        raise Conflict(
            _("Notice {notice} was not handed over to a relay yet, or was erased since.").format(
                notice=label("notice", notice_id)
            )
        )
    return message


def notice_of_link(token: str) -> NoticeView:
    """The notice that a signed link leads to. Raises Invalid for a link that was not made here, NotFound else."""
    number = read_notice_token(token)
    row = released(rows_of(Notice.objects.filter(pk=number))).first()
    if row is None:
        raise missing()
    return replace(view_of(row), address=None)


def in_reach(actor: Actor, account_id: int | None) -> QuerySet[Notice]:
    """What this actor may see of it: an account what it was told, reporters' letters the installation only."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id)
    rows = rows_of(Notice.objects.all())
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    return rows if actor.account_id is None else released(rows)


def rows_of(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    events = NoticeEvent.objects.order_by("pk")
    return rows.select_related("post").prefetch_related(Prefetch("events", events, to_attr="told"))


def released(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    return rows.exclude(post__state="withheld")


def found(actor: Actor, account_id: int | None, notice_id: int) -> Notice:
    row = in_reach(actor, account_id).filter(pk=notice_id).first()
    if row is None:
        raise missing()
    return row


def missing() -> NotFound:
    return NotFound(_("There is no such notice."))


def row_of(row: Notice) -> NoticeRow:
    events: list[NoticeEvent] = row.told  # type: ignore[attr-defined]
    handed = next((each.at for each in events if each.what == "handed_over"), None)
    return NoticeRow(
        id=row.pk,
        number=label("notice", row.pk),
        decision=label("decision", row.decision_id) if row.decision_id else "",
        why=row.why,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        to=to_whom(row),
        language=row.language,
        at=row.at,
        state=state_of(row, events),
        seconds=round((handed - row.at).total_seconds(), 3) if handed else None,
        acknowledged_at=next((each.at for each in events if each.what == "acknowledged"), None),
    )


def view_of(row: Notice) -> NoticeView:
    events: list[NoticeEvent] = row.told  # type: ignore[attr-defined]
    rendered = opened(row)
    return NoticeView(
        id=row.pk,
        number=label("notice", row.pk),
        decision=label("decision", row.decision_id) if row.decision_id else "",
        why=row.why,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        to=to_whom(row),
        language=row.language,
        at=row.at,
        state=state_of(row, events),
        measures=tuple(label("measure", each) for each in row.measures),
        message_id=row.message_id,
        sha256=row.sha256,
        address=address_of(row),
        subject=rendered and rendered.subject,
        text=rendered and rendered.text,
        html=rendered and rendered.html,
        events=tuple(EventRow(each.what, each.at, each.person_id, each.detail) for each in events),
    )


def to_whom(row: Notice) -> str:
    """`person 3` or `outside_contact 5`: names and addresses are personal, and kept sealed."""
    return row.address_subject.replace(":", " ")


def state_of(row: Notice, events: list[NoticeEvent]) -> str:
    delivered = any(each.what == "delivered" for each in events)
    return "delivered" if delivered else row.post.state
