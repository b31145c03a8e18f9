"""Reads feedback reports: a recipient complained (RFC 5965), or a system says something else in the same format.

`Feedback-Type` decides: `not-spam` (RFC 6430) and `auth-failure` (RFC 6591) are no complaints. Hotmail's reports come
without the machine's part; they are known by who sends them and by the field that names the recipient.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairpost.engine.outcomes.bounded_mail import Fields, fields_of
from fairpost.engine.outcomes.evidence import MAX_RECIPIENTS, addresses_in
from fairpost.engine.outcomes.notice import Notice

TYPE_LINE = re.compile(r"^feedback-type\s{0,8}:", re.IGNORECASE | re.MULTILINE)
WITHOUT_REPORT = re.compile(
    r"^(re: |fwd?: )?complaint about message from|junk ?mail report|abuse report", re.IGNORECASE
)
REPORTERS = re.compile(r"^(staff@hotmail\.|fbl|feedback|abuse|complaints?@|arf)", re.IGNORECASE)
HOTMAIL = "x-hmxmroriginalrecipient"
RECIPIENT_FIELDS = (HOTMAIL, "x-original-to", "x-rcpt-to", "delivered-to", "x-delivered-to", "x-envelope-to", "to")


@dataclass(frozen=True, slots=True)
class Report:
    """recipients: who complained, "" where the report hides it."""

    feedback_type: str
    recipients: tuple[str, ...]
    reporter: str


def report_in(notice: Notice) -> Report | None:
    """The feedback report in this notice, or None."""
    texts = [*notice.reports]
    if not texts and (line := TYPE_LINE.search(notice.words)):
        texts = [notice.words[line.start() :]]
    if texts:
        return from_fields(fields_of(texts[0].strip("\n")), notice)
    if notice.original_given and is_report_without_fields(notice):
        return Report("abuse", whom(Fields([]), notice), "")
    return None


def from_fields(fields: Fields, notice: Notice) -> Report:
    """`Original-Rcpt-To` may stand there several times: one complaint each."""
    kind = fields.get("feedback-type").strip().lower() or "abuse"
    return Report(kind, whom(fields, notice), fields.get("user-agent"))


def is_report_without_fields(notice: Notice) -> bool:
    sender = next(iter(addresses_in(notice.fields.get("from"))), "")
    subject = notice.fields.get("subject").strip()
    return HOTMAIL in notice.original or bool(REPORTERS.search(sender) and WITHOUT_REPORT.search(subject))


def whom(fields: Fields, notice: Notice) -> tuple[str, ...]:
    values = fields.all("original-rcpt-to") or fields.all("removal-recipient")
    named = [address for value in values for address in addresses_in(value)]
    if not named:
        for name in RECIPIENT_FIELDS:
            named = addresses_in(notice.original.get(name))[:1]
            if named:
                break
    return tuple(named[:MAX_RECIPIENTS]) or ("",)
