"""Says what a returned message is and for whom it speaks: a bounce, a complaint, an automatic reply, or something else.

Pure and bounded: any octets give an answer, within limits of size, depth, parts and lines that `bounded_mail.py` sets.
Standards: RFC 3464 (delivery status), RFC 5965 (feedback reports), RFC 3834 (automatic replies), and the free texts
that many mail servers still write instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from fairpost.engine.outcomes import arf, dsn, free_text, ses_notice
from fairpost.engine.outcomes.automatic import is_automatic_reply, is_bounce
from fairpost.engine.outcomes.bounded_mail import in_words, read_mail
from fairpost.engine.outcomes.evidence import Evidence, addresses_in
from fairpost.engine.outcomes.failed_recipient import Class, FailedRecipient
from fairpost.engine.outcomes.notice import Notice, notice_in
from fairpost.engine.outcomes.stages import stage_in, stage_in_talk
from fairpost.engine.outcomes.verdict import judge_all

__all__ = ["Class", "FailedRecipient", "Kind", "OriginalHeaders", "Returned", "read_returned"]

Kind = Literal["bounce", "complaint", "auto_reply", "not_spam", "auth_failure", "other"]
NOT_COMPLAINTS: dict[str, Kind] = {"not-spam": "not_spam", "auth-failure": "auth_failure"}


@dataclass(frozen=True, slots=True)
class OriginalHeaders:
    """What is known of the message that came back; each is "" where the returned message does not say."""

    message_id: str = ""
    return_path: str = ""
    from_: str = ""
    to: str = ""
    list_unsubscribe: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned message, read. reporter: who wrote it. feedback_type: as in RFC 5965, or ""."""

    kind: Kind
    recipients: tuple[FailedRecipient, ...] = ()
    original: OriginalHeaders = field(default_factory=OriginalHeaders)
    reporter: str = ""
    feedback_type: str = ""


def read_returned(raw: bytes) -> Returned:
    """What these octets of a message, headers and body, say. Never raises."""
    notice = notice_in(read_mail(raw))
    returned = read_notice(notice)
    if returned.kind == "bounce" and wraps_a_notice(notice):
        # A gateway may pass a notice on inside another one; only the inner one knows why.
        inner = read_notice(notice_in(read_mail(notice.inner)))
        if inner.kind == "bounce" and inner.recipients:
            return inner
    return returned


def wraps_a_notice(notice: Notice) -> bool:
    """Whether what came back is a notice itself, and this one has no fields of its own for a machine."""
    original = notice.original
    report = original.get("content-type").lower().replace(" ", "").startswith("multipart/report")
    return not notice.statuses and report and "mailer-daemon" in original.get("from").lower()


def read_notice(notice: Notice) -> Returned:
    """What one notice says: reports for machines first, then words, then signs of an automatic reply."""
    original = original_headers(notice)
    reporter = next(iter(addresses_in(notice.fields.get("from"))), "")
    report = arf.report_in(notice)
    if report is not None:
        kind = NOT_COMPLAINTS.get(report.feedback_type, "complaint")
        people = tuple(complaint_of(each) for each in report.recipients) if kind == "complaint" else ()
        return Returned(kind, people, original, report.reporter or reporter, report.feedback_type)
    posted = ses_notice.evidence_in(notice.first_text)
    if posted is not None and posted.complaint:
        people = tuple(complaint_of(each.recipient) for each in posted.people)
        return Returned("complaint", people, original, reporter, "abuse")
    if posted is not None:
        return Returned("bounce", judge_all(posted.people, ""), original, reporter)
    evidence = failures_in(notice)
    if evidence or is_bounce(notice):
        return Returned("bounce", judge_all(evidence, context(notice, len(evidence))), original, reporter)
    if is_automatic_reply(notice):
        return Returned("auto_reply", (answer_from(reporter),), original, reporter)
    return Returned("other", (), original, reporter)


def failures_in(notice: Notice) -> list[Evidence]:
    """Who failed and what was said of each; empty where this is no bounce."""
    people = dsn.recipients_in(notice.statuses)
    if not people and not is_bounce(notice):
        return []
    told = free_text.recipients_in(notice)
    return [completed(each, told, notice, len(people)) for each in people] if people else told


def completed(evidence: Evidence, told: list[Evidence], notice: Notice, count: int) -> Evidence:
    """What the fields say together with the words about the same recipient: mostly the command that was refused."""
    same = next((each for each in told if each.recipient.lower() == evidence.recipient.lower()), None)
    if same is None and count == 1 and len(told) == 1:
        same = told[0]
    stage = stage_in(evidence.text)
    if not stage and same is not None:
        stage = same.stage or stage_in(same.text)
    if not stage:
        stage = stage_in_talk(notice.words, evidence.text)
    if not stage and count == 1:
        stage = stage_in(notice.words[:4_000])
    text = evidence.text
    if len(text) < 4 and same is not None:
        text = same.text
    return replace(evidence, text=text, stage=stage)


def context(notice: Notice, count: int) -> str:
    """The whole notice speaks for a recipient only where there is one."""
    return f"{notice.fields.get('subject')} {notice.words[:4_000]}" if count == 1 else ""


def complaint_of(recipient: str) -> FailedRecipient:
    return FailedRecipient(recipient, "", "", "complaint", False, 0.95, "", "")


def answer_from(reporter: str) -> FailedRecipient:
    return FailedRecipient(reporter, "", "", "not_a_failure", False, 0.9, "", "")


def original_headers(notice: Notice) -> OriginalHeaders:
    fields = notice.original
    return OriginalHeaders(
        message_id=fields.get("message-id"),
        return_path=next(iter(addresses_in(fields.get("return-path"))), ""),
        from_=in_words(fields.get("from")),
        to=in_words(fields.get("to")),
        list_unsubscribe=fields.get("list-unsubscribe"),
        feedback_id=fields.get("feedback-id"),
    )
