"""What is to be posted, one poster at a time, and what came of each attempt; nothing is lost, and nothing in silence.

A notice that was handed over while its poster died before it could say so is handed over once more when its lease has
ended, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q

from fairpost.audit.vault import seal_for
from fairpost.enforcement.models import Notice, NoticeEvent, NoticePost
from fairpost.enforcement.notices.keep import address_of, opened
from fairpost.enforcement.notices.render import Rendered
from fairpost.enforcement.notices.tokens import RETURN_PATH_PREFIX, notice_token

LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ToPost:
    """One notice as it must be sent now. `return_path` is the local part to which bounces of it come."""

    notice_id: int
    lease: UUID
    at: datetime
    attempts: int
    message_id: str
    return_path: str
    address: str
    rendered: Rendered


def claim(now: datetime, most: int) -> list[ToPost]:
    """At most so many notices that are due, leased to the caller; those whose key was destroyed are ended here."""
    lease = uuid4()
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        due = NoticePost.objects.select_for_update(skip_locked=True).filter(free, state="queued", next_at__lte=now)
        numbers = list(due.order_by("next_at", "notice_id").values_list("notice_id", flat=True)[:most])
        NoticePost.objects.filter(notice_id__in=numbers).update(
            lease=lease, leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    found = []
    for post in NoticePost.objects.filter(notice_id__in=numbers, lease=lease).select_related("notice").order_by("pk"):
        address, rendered = address_of(post.notice), opened(post.notice)
        if address is None or rendered is None:
            finish(post.notice_id, lease, "failed", {"reason": "erased"}, now)
            continue
        found.append(
            ToPost(
                post.notice_id,
                lease,
                post.notice.at,
                post.attempts,
                post.notice.message_id,
                RETURN_PATH_PREFIX + notice_token(post.notice_id),
                address,
                rendered,
            )
        )
    return found


@transaction.atomic
def hand_over(notice_id: int, lease: UUID, message: bytes, detail: Mapping[str, Any], now: datetime) -> None:
    """The relay took this very message. It counts even where the lease was lost meanwhile."""
    subject = Notice.objects.values_list("content_subject", flat=True).get(pk=notice_id)
    add_event(notice_id, "handed_over", detail, now, sealed=seal_for(subject, message))
    NoticePost.objects.filter(notice_id=notice_id, state="queued").update(
        state="handed_over", lease=None, leased_until=None
    )


@transaction.atomic
def finish(notice_id: int, lease: UUID, what: str, detail: Mapping[str, Any], now: datetime) -> None:
    """It failed for good, as `detail` says; a person must see to it (`fairpost notice list --failed`)."""
    if take_back(notice_id, lease, state=what):
        add_event(notice_id, what, detail, now)


@transaction.atomic
def put_off(notice_id: int, lease: UUID, detail: Mapping[str, Any], now: datetime, next_at: datetime) -> None:
    """To be tried again. The same answer as last time is not written down again."""
    if take_back(notice_id, lease, next_at=next_at):
        last = NoticeEvent.objects.filter(notice_id=notice_id).order_by("-pk").first()
        if last is None or last.what != "deferred" or last.detail != dict(detail):
            add_event(notice_id, "deferred", detail, now)


def take_back(notice_id: int, lease: UUID, **changes: Any) -> bool:
    held = NoticePost.objects.filter(notice_id=notice_id, lease=lease, state="queued")
    return held.update(lease=None, leased_until=None, **changes) == 1


def add_event(
    notice_id: int,
    what: str,
    detail: Mapping[str, Any],
    now: datetime,
    *,
    person_id: int | None = None,
    sealed: bytes | None = None,
) -> NoticeEvent:
    return NoticeEvent.objects.create(
        notice_id=notice_id, what=what, at=now, person_id=person_id, detail=dict(detail), sealed=sealed
    )
