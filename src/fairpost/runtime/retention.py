"""Every type of record that is deleted after a time, declared once: its name, its days and what deletes it.

`target` is module:function of a function that takes `before` (a time) and `held` (what legal holds name) and
deletes, of what is older and not held, some thousand rows; it returns how many. It is called again, each
time in a transaction of its own in which no hold can begin, until it returns 0. Days are those set by
`fairpost audit retention set`, else the default here.

What is not here is kept: the record itself for as long as the installation, and of it the reasons and user
names until their subject is erased; contacts, content and campaigns until somebody removes them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from fairpost.audit.holds import Held, keep_holds_still
from fairpost.audit.queries.retention import retention_days
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _, mark

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type; its sentence says what it is."""

    name: str
    days: int
    target: str
    sentence: str

    def function(self) -> Callable[[datetime, Held], int]:
        module, _colon, attribute = self.target.partition(":")
        return getattr(importlib.import_module(module), attribute)


@dataclass(frozen=True, slots=True)
class Kept:
    """One type with the days that are in force for it."""

    name: str
    days: int
    default_days: int
    what: str


RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType("api_answer", 1, "fairpost.api.repeat:forget_answers", mark("answers kept for repeated requests")),
    RecordType(
        "segment_answer",
        7,
        "fairpost.contacts.forget_answers:forget_answers",
        mark("answers to parts of segments, since they were last asked for"),
    ),
    RecordType(
        "journal_segment",
        30,
        "fairpost.delivery.jobs:forget_segments",
        mark("what became of each single message, in order"),
    ),
    RecordType(
        "webhook_delivery",
        30,
        "fairpost.integrations.actions.forget:forget_deliveries",
        mark("what was posted to webhooks, or waits for it"),
    ),
    RecordType(
        "provider_post",
        30,
        "fairpost.integrations.actions.forget:forget_posts",
        mark("what providers posted here"),
    ),
    RecordType(
        "feedback",
        730,
        "fairpost.events.feedback.retention:forget_feedback",
        mark("single bounces and complaints; counts and suppressions stay"),
    ),
    RecordType(
        "unmapped_mail",
        30,
        "fairpost.events.feedback.retention:forget_unmapped",
        mark("returned mail that nothing could be made of"),
    ),
    RecordType(
        "receiver_report",
        400,
        "fairpost.events.feedback.retention:forget_receiver_reports",
        mark("reports of receivers about DMARC and TLS"),
    ),
    RecordType(
        "signup_request",
        7,
        "fairpost.contacts.signup.requests:forget_requests",
        mark("sign-ups that nobody confirmed"),
    ),
    RecordType("signup_pace", 7, "fairpost.contacts.signup.pace:forget_pace", mark("the pace of sign-ups")),
    RecordType(
        "event",
        400,
        "fairpost.events.packing.forget:forget_events",
        mark("single opens and clicks, and the sets that name who did what"),
    ),
    # Records of enforcement come here, each beside its owner: notices, evidence, reports from outside, orders.
)


def kept() -> list[Kept]:
    """All types with their days, as `fairpost audit retention` shows them."""
    own = retention_days()
    return [Kept(each.name, own.get(each.name, each.days), each.days, _(each.sentence)) for each in RECORD_TYPES]


def record_type(name: str) -> RecordType:
    """Raises NotFound, with the names there are."""
    for each in RECORD_TYPES:
        if each.name == name:
            return each
    raise NotFound(
        _("There is no record type {name}.").format(name=repr(name)),
        hint=_("There are: {names}.").format(names=", ".join(each.name for each in RECORD_TYPES)),
    )


def delete_what_is_past(clock: Clock = SYSTEM_CLOCK) -> int:
    """Deletes what is older than its days and not held, and says how many rows that were; a periodic job.

    A type that fails does not keep the others: it is logged, and tried again the next time.
    """
    count = 0
    own = retention_days()
    for each in RECORD_TYPES:
        before = clock.now() - timedelta(days=own.get(each.name, each.days))
        try:
            count += delete_before(each, before)
        except Exception:
            log.exception("retention.failed", record_type=each.name)
    return count


def delete_before(record_type: RecordType, before: datetime) -> int:
    delete, count = record_type.function(), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            deleted = delete(before, keep_holds_still(cursor))
        if not deleted:
            return count
        count += deleted
