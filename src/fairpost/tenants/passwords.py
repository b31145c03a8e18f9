"""Passwords are kept as Argon2id hashes (RFC 9106) and compared at one cost, person or none."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

SHORTEST = 12
LONGEST = 1024  # Argon2 takes any length; a request of megabytes should not
HASHER = PasswordHasher()  # the library's defaults follow RFC 9106's low-memory profile


def hash_password(password: str) -> str:
    """The Argon2id hash of a password of 12 to 1,024 characters, `Invalid` for others."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            _("A password has at least {least} characters.").format(least=SHORTEST),
            field="password",
            hint=_("A sentence of a few words is easy to remember."),
        )
    return HASHER.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash.

    An empty hash (no password set) costs the same and is never right.
    """
    try:
        right = HASHER.verify(password_hash or nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(password_hash)


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def nobody() -> str:
    return HASHER.hash("the password of no one")
