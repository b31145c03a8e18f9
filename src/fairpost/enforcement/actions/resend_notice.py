"""Posts a notice again, or a withheld one at last; its words and its Message-ID stay the same."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.enforcement.models import NoticePost
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.posting import add_event
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


@transaction.atomic
def resend_notice(*, actor: Actor, notice_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
    """Queues a notice that failed, or that a relay took and nobody got. Raises Conflict while it is on its way."""
    authorise(actor, "installation.manage")
    post = NoticePost.objects.select_for_update().select_related("notice").filter(pk=notice_id).first()
    if post is None:
        raise NotFound(_("There is no such notice."))
    if post.state not in ("failed", "handed_over"):
        raise Conflict(
            _("Notice {notice} is on its way, or withheld.").format(notice=label("notice", notice_id)),
            hint=_("`fairpost notice show` says what became of it."),
        )
    queue([post], "resent", actor, reason, clock.now())
    note(actor, "notice.resent", post.notice.account_id, f"notice:{notice_id}", reason, clock)


@transaction.atomic
def release_notices(*, actor: Actor, decision_id: int, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Ends what kept a decision's notices back, by a person and with a reason; how many are posted now."""
    authorise(actor, "legal.order")
    if not reason.strip():
        raise Invalid(_("Say why nothing keeps these notices back any more."), field="reason")
    withheld = NoticePost.objects.select_for_update().filter(notice__decision_id=decision_id, state="withheld")
    posts = list(withheld.order_by("pk"))
    if not posts:
        raise Conflict(
            _("No notice of decision {decision} is withheld.").format(decision=label("decision", decision_id))
        )
    queue(posts, "released", actor, reason, clock.now())
    note(actor, "notice.released", None, f"decision:{decision_id}", reason, clock, count=len(posts))
    return len(posts)


def queue(posts: list[NoticePost], what: str, actor: Actor, reason: str | None, now: datetime) -> None:
    for post in posts:
        add_event(post.pk, what, {}, now, person_id=actor.person_id)
        NoticePost.objects.filter(pk=post.pk).update(
            state="queued", next_at=now, attempts=0, lease=None, leased_until=None
        )


def note(
    actor: Actor, act: str, account_id: int | None, subject: str, reason: str | None, clock: Clock, **facts: int
) -> None:
    record(actor=actor, act=act, account_id=account_id, subject=subject, reason=reason, facts=facts, clock=clock)
