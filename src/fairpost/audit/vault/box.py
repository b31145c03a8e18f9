"""A sealed value says by which data key it is read; moved to another subject it cannot be read at all.

Octets: format (1), id of the data key (8, big endian), nonce (12), AES-256-GCM ciphertext with tag. The first
nine and the subject are authenticated with it.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

FORMAT = 1
HEAD = 9
NONCE = 12
TAG = 16
KEY = 32


def seal(key_id: int, key: bytes, subject: str, plain: bytes) -> bytes:
    head = bytes((FORMAT,)) + key_id.to_bytes(8, "big")
    nonce = secrets.token_bytes(NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + subject.encode())


def key_of(sealed: bytes) -> int:
    """The id of the data key; raises Invalid for what is no sealed value of this format."""
    if len(sealed) < HEAD + NONCE + TAG or sealed[0] != FORMAT:
        raise Invalid(_("This value was not sealed by the vault, or by a later version of it."))
    return int.from_bytes(sealed[1:HEAD], "big")


def unseal(key: bytes, subject: str, sealed: bytes) -> bytes:
    """Raises Invalid where the value was altered, or belongs to another subject."""
    try:
        return AESGCM(key).decrypt(
            sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :], sealed[:HEAD] + subject.encode()
        )
    except InvalidTag:
        raise Invalid(
            _("A sealed value of {subject} was altered, or belongs to another subject.").format(subject=subject),
            hint=_("Restore it from a backup."),
        ) from None
