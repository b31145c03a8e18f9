"""The token that proves that whoever reads an address's mail wants to sign up: sealed, and good for seven days."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from fairpost.kernel.errors import Invalid, NotFound
from fairpost.tenants.keyring import installation_keyring

TERM = timedelta(days=7)
CONTEXT = b"sign-up"  # what was sealed for anything else cannot be read here
LONGEST = 200


def signup_token(account_id: int, request_id: int, now: datetime) -> str:
    """URL-safe base64 of account, request and the token's end, sealed under the key ring (AES-256-GCM)."""
    plain = f"{account_id} {request_id} {int((now + TERM).timestamp())}".encode()
    return base64.urlsafe_b64encode(installation_keyring().encrypt(plain, CONTEXT)).decode().rstrip("=")


def read_signup_token(token: str, now: datetime) -> tuple[int, int]:
    """(account, request). Raises `NotFound`, without words, for what was not made here or has ended."""
    if len(token) > LONGEST or not token.isascii():
        raise NotFound("")
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        account, request, end = map(int, installation_keyring().decrypt(sealed, CONTEXT).decode().split())
    except (Invalid, ValueError, binascii.Error):
        raise NotFound("") from None
    if datetime.fromtimestamp(end, UTC) <= now:
        raise NotFound("")
    return account, request
