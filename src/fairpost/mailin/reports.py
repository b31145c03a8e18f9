"""Takes the reports of receivers out of a mail and hands them on."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fairpost.events.actions.take_receiver_report import take_dmarc_report, take_tls_report
from fairpost.events.receivers.dmarc import read_dmarc
from fairpost.events.receivers.tls import read_tls
from fairpost.events.receivers.unpacking import reports_in
from fairpost.events.returned_mail import NOBODY, Why, count_mail
from fairpost.kernel.errors import Invalid


def take_reports(raw: bytes, now: datetime) -> Why | None:
    """Takes every report of the mail in the caller's transaction; why none could be, or None."""
    found = owners = 0
    try:
        for text in reports_in(raw):
            kind, taken = take_one(text, now)
            found, owners = found + 1, owners + taken
            with connection.cursor() as cursor:
                count_mail(cursor, NOBODY, now.date(), kind)
    except Invalid:
        return None if owners else "bad_report"
    if not found:
        return "bad_report"
    return None if owners else "foreign_domain"


def take_one(text: bytes, now: datetime) -> tuple[str, int]:
    if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "tls_report", take_tls_report(read_tls(text), now)
    return "dmarc_report", take_dmarc_report(read_dmarc(text), now)
