"""Lets the oracle verify Ed25519: dkimpy asks PyNaCl for this one primitive, which is not installed here.

Everything that could differ between two implementations of DKIM (canonical forms, choice of headers,
hashes, tags) stays the oracle's own; only the curve's arithmetic comes from `cryptography`.
"""

from __future__ import annotations

import base64
from types import SimpleNamespace

import dkim
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class BadSignatureError(Exception):
    pass


class VerifyKey:
    def __init__(self, key: bytes, encoder: object) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))

    def verify(self, message: bytes, signature: bytes) -> bytes:
        try:
            self._key.verify(signature, message)
        except InvalidSignature as error:
            raise BadSignatureError from error
        return message


def install() -> None:
    if not hasattr(dkim, "nacl"):
        dkim.nacl = SimpleNamespace(
            signing=SimpleNamespace(VerifyKey=VerifyKey),
            encoding=SimpleNamespace(Base64Encoder=None),
            exceptions=SimpleNamespace(BadSignatureError=BadSignatureError, ValueError=ValueError),
        )
