"""The reviewer asks the party something; the clock of the decision stands still until the answer, or its deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairpost.enforcement.actions.assign_appeal import asked_for
from fairpost.enforcement.appealing import own_appeal, reviewed, step, stepping
from fairpost.enforcement.appeals.deadlines import is_expedited
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise

TO_ANSWER = timedelta(days=7)
TO_ANSWER_EXPEDITED = timedelta(hours=24)
LONGEST_TEXT = 20_000  # characters


def request_information(
    *, actor: Actor, appeal_id: int, question: str, answer_by: datetime | None = None, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """Asks, with seven days to answer unless said otherwise (24 hours in an urgent appeal)."""
    now = clock.now()
    asked = several_lines(question, "question", LONGEST_TEXT)
    if answer_by is not None and (answer_by.tzinfo is None or answer_by <= now):
        raise Invalid(_("The answer must be due later than now."), field="answer_by")
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        longest = TO_ANSWER_EXPEDITED if is_expedited(row.filed_at, row.key_date) else TO_ANSWER
        by = answer_by or now + longest
        step(
            row, "information_requested", actor=actor, now=now, text=asked, detail={"answer_by": by.isoformat()},
            asked_at=now, answer_by=by,
        )  # fmt: skip
    return appeal_view(appeal_id, now)


def answer_information(
    *, actor: Actor, account_id: int, appeal_id: int, answer: str, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """The party's answer, also after its deadline as long as the reviewer has not gone on without it."""
    authorise(actor, "appeal.file", account_id=account_id, act="appeal.answer")
    said = several_lines(answer, "answer", LONGEST_TEXT)
    now = clock.now()
    with stepping(actor):
        row = own_appeal(account_id, appeal_id)
        step(
            row, "information_given", actor=actor, now=now, text=said, asked_at=None, answer_by=None,
            decision_due_at=row.decision_due_at + asked_for(row, now),
        )  # fmt: skip
    return appeal_view(appeal_id, now)


def go_on_without_answer(
    *, actor: Actor, appeal_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> AppealView:
    """Once the time to answer is over the review goes on; silence alone decides nothing."""
    now = clock.now()
    with stepping(actor):
        row = reviewed(actor, appeal_id)
        if row.answer_by is not None and now < row.answer_by:
            raise Conflict(
                _("The party has until {at} to answer.").format(at=row.answer_by.isoformat()), field="answer_by"
            )
        step(
            row, "gone_on_without", actor=actor, now=now, reason=reason or "", asked_at=None, answer_by=None,
            decision_due_at=row.decision_due_at + asked_for(row, now),
        )  # fmt: skip
    return appeal_view(appeal_id, now)
