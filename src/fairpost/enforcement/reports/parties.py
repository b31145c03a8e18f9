"""Who reports: known again by a keyed hash of the address, or by the token of a trusted reporter, or not at all."""

from __future__ import annotations

from datetime import datetime

from fairpost.audit.vault import open_for
from fairpost.contacts.addresses.address import parse_address
from fairpost.enforcement.models import Report, Reporter
from fairpost.enforcement.reports.pace import keyed
from fairpost.enforcement.reports.tokens import TRUSTED, number_in
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.kernel.text import _


def subject_of(reporter_id: int) -> str:
    """Whose key everything that they wrote is sealed under."""
    return f"reporter:{reporter_id}"


def reporter_for(address: str, trusted_token: str, now: datetime) -> Reporter:
    """The row of whoever reports, made where there is none. An address makes nobody trusted: it proves nothing."""
    if trusted_token:
        return trusted_reporter(trusted_token, now)
    if not address:
        return Reporter.objects.create(created_at=now)
    found, _made = Reporter.objects.get_or_create(
        address_hash=keyed("address", address.lower()), defaults={"created_at": now}
    )
    return found


def trusted_reporter(token: str, now: datetime) -> Reporter:
    """Raises Forbidden for a token that is none, or no longer."""
    try:
        row = Reporter.objects.filter(pk=number_in(TRUSTED, token)).first()
    except NotFound:
        row = None
    if row is None or not is_trusted(row, now):
        raise Forbidden(
            _("This token is no trusted reporter's, or no longer."), hint=_("Report without it, or ask for a new one.")
        )
    return row


def is_trusted(row: Reporter, now: datetime) -> bool:
    since, until = row.trusted_since, row.trusted_until
    return since is not None and since <= now and (until is None or now < until)


def checked_address(text: str) -> str:
    """The address as it can be written to, empty where none was given. Raises Invalid."""
    if not text.strip():
        return ""
    try:
        return parse_address(text.strip()).address
    except Invalid as error:
        raise Invalid(error.message, field="address", hint=_("Or leave it out: the report counts the same.")) from None


def address_of(report: Report) -> str | None:
    """Where the reporter can be told; None where they left no address or their key was destroyed."""
    if report.sealed_address is None:
        return None
    plain = open_for(subject_of(report.reporter_id), bytes(report.sealed_address))
    return None if plain is None else plain.decode()
