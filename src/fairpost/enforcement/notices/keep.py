"""Keeps notices word for word and queues them, in the transaction of the act that they tell of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection

from fairpost.audit.vault import open_for, seal_many
from fairpost.enforcement.models import Notice, NoticeEvent, NoticePost
from fairpost.enforcement.notices.addressees import Recipient
from fairpost.enforcement.notices.render import Rendered
from fairpost.enforcement.notices.tokens import notice_token
from fairpost.engine.mime.addresses import host

HANDED_OVER_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Draft:
    """One notice to be kept. `write` makes its text once its number is known, because its links hold it.

    `content_subject` is whose key the text is sealed under. `withheld` is why it is not posted now, and `not_before`
    until when; without `not_before` a person ends it.
    """

    why: str
    recipient: Recipient
    write: Callable[[int], Rendered]
    content_subject: str
    decision_id: int | None = None
    measures: tuple[int, ...] = ()
    reference: str = ""
    account_id: int | None = None
    organisation_id: int | None = None
    withheld: str = ""


def keep(drafts: Sequence[Draft], now: datetime) -> list[int]:
    """Writes and queues them; the numbers of the notices, in order. Raises what writing one raises."""
    numbers = new_numbers(len(drafts))
    rendered = [draft.write(number) for number, draft in zip(numbers, drafts, strict=True)]
    contents = [content_of(each) for each in rendered]
    addresses = [(draft.recipient.subject, draft.recipient.email.encode()) for draft in drafts]
    texts = [(draft.content_subject, content) for draft, content in zip(drafts, contents, strict=True)]
    sealed = seal_many([*addresses, *texts])
    Notice.objects.bulk_create(
        row(number, draft, each.language, content, sealed[index], sealed[len(drafts) + index], now)
        for index, (number, draft, each, content) in enumerate(zip(numbers, drafts, rendered, contents, strict=True))
    )
    NoticePost.objects.bulk_create(
        NoticePost(notice_id=number, state="withheld" if draft.withheld else "queued", next_at=now)
        for number, draft in zip(numbers, drafts, strict=True)
    )
    NoticeEvent.objects.bulk_create(
        NoticeEvent(
            notice_id=number,
            what="withheld" if draft.withheld else "queued",
            at=now,
            detail={"reason": draft.withheld} if draft.withheld else {},
        )
        for number, draft in zip(numbers, drafts, strict=True)
    )
    return numbers


def new_numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('notice', 'id')) FROM generate_series(1, %s)", [count])
        return [each[0] for each in cursor.fetchall()]


def row(
    number: int, draft: Draft, language: str, content: bytes, address: bytes, sealed: bytes, now: datetime
) -> Notice:
    return Notice(
        id=number,
        why=draft.why,
        decision_id=draft.decision_id,
        measures=list(draft.measures),
        reference=draft.reference,
        account_id=draft.account_id,
        organisation_id=draft.organisation_id,
        person_id=draft.recipient.person_id,
        outside_contact_id=draft.recipient.outside_contact_id,
        address_subject=draft.recipient.subject,
        address=address,
        content_subject=draft.content_subject,
        content=sealed,
        sha256=sha256(content).hexdigest(),
        language=language,
        message_id=f"<{notice_token(number)}.notice@{host(settings.FAIRPOST.platform_host).decode()}>",
        at=now,
        due_at=now + HANDED_OVER_WITHIN,
    )


def content_of(rendered: Rendered) -> bytes:
    """What is kept and hashed: JSON with its names in order."""
    whole = {"html": rendered.html, "subject": rendered.subject, "text": rendered.text}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()


def opened(notice: Notice) -> Rendered | None:
    """A notice as it was written; None where its key was destroyed. Raises Invalid for one that was altered."""
    content = open_for(notice.content_subject, bytes(notice.content))
    if content is None:
        return None
    whole: dict[str, Any] = json.loads(content)
    return Rendered(notice.language, whole["subject"], whole["text"], whole["html"])


def address_of(notice: Notice) -> str | None:
    """Where it goes; None where the person's key was destroyed."""
    sealed = open_for(notice.address_subject, bytes(notice.address))
    return None if sealed is None else sealed.decode()
