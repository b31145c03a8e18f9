"""The public name of a campaign's archived copy: account and number, so that nobody counts an account's campaigns.

The key's id and a deterministic authenticated encryption (AES-SIV, RFC 5297) under a key of its own, as base32.
"""

from __future__ import annotations

from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fairpost.engine.signing import base32
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring

PURPOSE = "archive 1"
LENGTH = 48
_PLAIN = Struct(">II5x")


def archive_name(account_id: int, campaign_id: int) -> str:
    """48 characters."""
    ring = installation_keyring()
    sealed = cipher(ring.current_id).encrypt(_PLAIN.pack(account_id, campaign_id), None)
    return base32.encode_30(bytes((ring.current_id,)) + sealed).decode()


def read_archive_name(name: str) -> tuple[int, int]:
    """(account, campaign). Raises `NotFound` for what was not made here."""
    raw = base32.decode(name) if len(name) == LENGTH and name.isascii() else None
    try:
        if raw is None:
            raise InvalidTag
        account_id, campaign_id = _PLAIN.unpack(cipher(raw[0]).decrypt(raw[1:], None))
    except (InvalidTag, Invalid):
        raise NotFound(_("There is nothing here"), hint=_("This address does not exist, or no longer.")) from None
    return account_id, campaign_id


def cipher(key_id: int) -> AESSIV:
    return AESSIV(installation_keyring().derive(PURPOSE, key_id=key_id, length=64))
