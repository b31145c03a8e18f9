"""An API key is `fp_<id>_<secret>`: the secret has 256 random bits, the database holds its SHA-256.

A plain hash is enough: it cannot be searched like a password, because every one of 2^256 secrets is equally
likely. A slow hash would only make each call slow.
"""

from __future__ import annotations

import hashlib
import re
import secrets

KEY = re.compile(r"fp_([1-9][0-9]{0,8})_([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """43 characters of URL-safe base64."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()


def key_text(key_id: int, secret: str) -> str:
    return f"fp_{key_id}_{secret}"


def parse_key(text: str) -> tuple[int, str] | None:
    """(id, secret), or None for what cannot be a key."""
    match = KEY.fullmatch(text)
    return (int(match[1]), match[2]) if match else None
