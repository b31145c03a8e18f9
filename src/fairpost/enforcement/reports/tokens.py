"""Secret links to one report, and what proves a trusted reporter: a number under the installation's key ring.

The key's id and a deterministic authenticated encryption (AES-SIV, RFC 5297) as base32, with a key for each purpose, so
that one is never read as the other. They need no row and do not expire by themselves.
"""

from __future__ import annotations

from struct import Struct
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fairpost.engine.signing import base32
from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring

Purpose = Literal["report status 1", "trusted reporter 1"]
STATUS: Purpose = "report status 1"
TRUSTED: Purpose = "trusted reporter 1"
LENGTH = 48
_PLAIN = Struct(">I9x")


def token_of(purpose: Purpose, number: int) -> str:
    """48 characters."""
    ring = installation_keyring()
    sealed = cipher(ring, purpose, ring.current_id).encrypt(_PLAIN.pack(number), None)
    return base32.encode_30(bytes((ring.current_id,)) + sealed).decode()


def number_in(purpose: Purpose, token: str) -> int:
    """The number. Raises NotFound for what was not made here for this purpose."""
    raw = base32.decode(token) if len(token) == LENGTH and token.isascii() else None
    if raw is None:
        raise nothing()
    try:
        (number,) = _PLAIN.unpack(cipher(installation_keyring(), purpose, raw[0]).decrypt(raw[1:], None))
    except (InvalidTag, Invalid):
        raise nothing() from None
    return number


def cipher(ring: KeyRing, purpose: Purpose, key_id: int) -> AESSIV:
    return AESSIV(ring.derive(purpose, key_id=key_id, length=64))


def nothing() -> NotFound:
    return NotFound(_("This link leads to no report."), hint=_("Open it from our answer to your report, whole."))
