"""The token that proves that whoever reads an outside contact's mail agreed to be one: sealed, and for a week."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring

TERM = timedelta(days=7)
CONTEXT = b"outside contact"  # what was sealed for anything else cannot be read here
LONGEST = 200


def contact_token(contact_id: int, now: datetime) -> str:
    """URL-safe base64 of the contact's id and the token's end, sealed under the key ring."""
    plain = f"{contact_id} {int((now + TERM).timestamp())}".encode()
    return base64.urlsafe_b64encode(installation_keyring().encrypt(plain, CONTEXT)).decode().rstrip("=")


def read_contact_token(token: str, now: datetime) -> int:
    """The contact's id. Raises `Invalid` for what is no such token or has ended."""
    refused = Invalid(
        _("This link confirms no address, or no longer."), hint=_("Ask for a new one; it holds for seven days.")
    )
    if len(token) > LONGEST or not token.isascii():
        raise refused
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        number, end = installation_keyring().decrypt(sealed, CONTEXT).decode().split()
    except (Invalid, ValueError, binascii.Error):
        raise refused from None
    if datetime.fromtimestamp(int(end), UTC) <= now:
        raise refused
    return int(number)
