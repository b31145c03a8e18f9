"""Somebody who was told says so; the notice keeps when, and by which way."""

from __future__ import annotations

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import NoticeEvent
from fairpost.enforcement.notices.posting import add_event
from fairpost.enforcement.queries.notices import NoticeView, notice, notice_of_link
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise

READER = Actor(name="notice link", via="web")


@transaction.atomic
def acknowledge_notice(
    *, actor: Actor, account_id: int, notice_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """On record that the account has read it; agreeing to nothing. A second time changes nothing."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id, act="notice.acknowledge")
    view = notice(actor, account_id, notice_id)
    if acknowledged(view.id, {"via": actor.via}, clock, actor.person_id):
        note(actor, account_id, view.id, reason, clock)


@transaction.atomic
def read_notice(*, actor: Actor, account_id: int | None, notice_id: int, clock: Clock = SYSTEM_CLOCK) -> NoticeView:
    """The notice word for word; the first time that somebody of the account opens it is kept with it."""
    authorise(actor, "enforcement.read", account_id=account_id, unit_id=actor.unit_id, act="notice.acknowledge")
    view = notice(actor, account_id, notice_id)
    if actor.account_id is not None and not any(each.what == "viewed" for each in view.events):
        add_event(view.id, "viewed", {"via": actor.via}, clock.now(), person_id=actor.person_id)
    return view


@transaction.atomic
def acknowledge_by_link(token: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """The same by the link in the notice itself. Raises Invalid for a link that was not made here."""
    view = notice_of_link(token)
    if acknowledged(view.id, {"via": "link"}, clock, None):
        note(READER, view.account_id, view.id, None, clock)


def acknowledged(notice_id: int, detail: dict[str, str], clock: Clock, person_id: int | None) -> bool:
    if NoticeEvent.objects.filter(notice_id=notice_id, what="acknowledged").exists():
        return False
    add_event(notice_id, "acknowledged", detail, clock.now(), person_id=person_id)
    return True


def note(actor: Actor, account_id: int | None, notice_id: int, reason: str | None, clock: Clock) -> None:
    record(
        actor=actor,
        act="notice.acknowledged",
        account_id=account_id,
        subject=f"notice:{notice_id}",
        reason=reason,
        clock=clock,
    )
