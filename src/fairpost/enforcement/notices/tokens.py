"""The link in a notice names that notice to this installation and is noise to everyone else.

Made as the tokens of mails are (`engine.signing.tokens`): the key's id and a deterministic authenticated encryption
(AES-SIV, RFC 5297), as 48 characters of base32, under a key of its own. It does not expire: what somebody was told
stays readable for as long as it is kept.
"""

from __future__ import annotations

from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fairpost.engine.signing import base32
from fairpost.engine.signing.keyring import KeyRing
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring

PURPOSE = "notice link 1"
LENGTH = 48
RETURN_PATH_PREFIX = "n-"  # before the token, in the return path of the mail that carries the notice
_PLAIN = Struct(">I9x")  # the room that the other tokens have, so that all are written alike


def notice_token(notice_id: int) -> str:
    """48 characters, the same each time while the key ring has the same current key."""
    ring = installation_keyring()
    sealed = cipher(ring, ring.current_id).encrypt(_PLAIN.pack(notice_id), None)
    return base32.encode_30(bytes((ring.current_id,)) + sealed).decode()


def read_notice_token(token: str) -> int:
    """The notice's number. Raises Invalid for what was not made here, or is damaged."""
    refused = Invalid(_("This link leads to no notice."), hint=_("Open it from the notice itself, whole."))
    raw = base32.decode(token) if len(token) == LENGTH else None
    if raw is None:
        raise refused
    try:
        (number,) = _PLAIN.unpack(cipher(installation_keyring(), raw[0]).decrypt(raw[1:], None))
    except (InvalidTag, Invalid):
        raise refused from None
    return number


def cipher(ring: KeyRing, key_id: int) -> AESSIV:
    return AESSIV(ring.derive(PURPOSE, key_id=key_id, length=64))
