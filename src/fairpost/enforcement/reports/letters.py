"""What reporters and reported senders are told by mail; kept and posted as notices are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from fairpost.enforcement.appeals.deadlines import window_ends_at
from fairpost.enforcement.models import Report
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.addressees import Recipient, of_account
from fairpost.enforcement.notices.keep import Draft, keep
from fairpost.enforcement.notices.letters import Letter, render_letter
from fairpost.enforcement.notices.words import LANGUAGES
from fairpost.enforcement.reports.parties import address_of, subject_of
from fairpost.enforcement.reports.tokens import STATUS, token_of
from fairpost.kernel.text import _, in_language, mark

ZONE = "UTC"
OUTCOMES = {
    "acted": mark("measures were taken"),
    "not_acted": mark("no measure was taken"),
    "upheld": mark("the decision stays as it is"),
    "changed": mark("the decision was wrong; the case is open again"),
}


def spoken(language: str) -> str:
    """A language in which letters are written: this one, else the installation's."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else settings.FAIRPOST.language


def status_url(report_id: int) -> str:
    """The secret address at which a reporter follows the report and complains about its decision."""
    return f"{settings.FAIRPOST.platform_url}/report/{token_of(STATUS, report_id)}"


def complaint_until(decided_at: datetime) -> datetime:
    """Until when a reporter may complain: as long as a sender may appeal."""
    return window_ends_at(decided_at, ZONE)


def write_to_reporter(report: Report, letter: Letter, now: datetime, *, outcome: str = "", reasons: str = "") -> None:
    """Queues the letter where the reporter left an address that can still be read."""
    address = address_of(report)
    if address is None:
        return
    values: dict[str, object] = {"report": label("report", report.pk), "at": now, "url": status_url(report.pk)}
    if outcome:
        with in_language(report.language):
            values["outcome"] = _(OUTCOMES[outcome])
        values["until"] = complaint_until(report.decided_at or now)
    subject = subject_of(report.reporter_id)
    to_keep = Draft(
        why=letter,
        recipient=Recipient(address, report.language, subject),
        write=lambda _number: render_letter(letter, report.language, ZONE, reasons=reasons, **values),
        content_subject=subject,
        reference=f"report:{report.pk}",
    )
    keep([to_keep], now)


def write_to_sender(report: Report, reasons: str, now: datetime) -> None:
    """Tells the reported account that nothing follows from the report; never who it came from."""
    if report.account_id is None or report.campaign_id is None:
        return
    party = of_account(report.account_id)
    drafts: Sequence[Draft] = [
        Draft(
            why="reported_campaign",
            recipient=each,
            write=lambda _number, each=each: render_letter(
                "reported_campaign", each.language, party.zone, reasons=reasons, name=party.name,
                campaign=report.campaign_id, at=now,
            ),
            content_subject=f"account:{party.account_id}",
            reference=f"report:{report.pk}",
            account_id=party.account_id,
        )
        for each in party.recipients
    ]  # fmt: skip
    keep(drafts, now)
