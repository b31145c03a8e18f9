"""Takes a mail that came to the abuse mailbox as a report, and answers only where a person may read the answer."""

from __future__ import annotations

from fairpost.enforcement.actions.file_report import FiledReport, file_report
from fairpost.enforcement.reports.mail import read_report_mail
from fairpost.enforcement.reports.pace import TooMany
from fairpost.enforcement.reports.parties import checked_address
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid

FEEDBACK = "consent"  # a mailbox provider's "this is spam"
UNSAID = "other"


def take_report_mail(raw: bytes, *, language: str = "en", clock: Clock = SYSTEM_CLOCK) -> FiledReport:
    """The report that was made of it, or that it repeats.

    Raises Invalid for what cannot be read, and TooMany, which mail knows as "try again": nothing was taken then.
    """
    mail = read_report_mail(raw)
    address = "" if mail.automatic else known_address(mail.address)
    return file_report(
        channel="mail",
        category=FEEDBACK if mail.feedback else UNSAID,
        text=mail.text,
        target=mail.target,
        address=address,
        language=language,
        clock=clock,
    )


def known_address(text: str) -> str:
    """The address where it can be written to; a wrong one costs the answer, not the report."""
    try:
        return checked_address(text)
    except Invalid:
        return ""


__all__ = ["TooMany", "take_report_mail"]
