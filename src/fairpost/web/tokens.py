"""Tokens in public addresses are read under the installation's key ring, which is looked at again every minute."""

from __future__ import annotations

import time
from functools import lru_cache

from fairpost.engine.signing.tokens import Kind, TokenClaims, TokenIssuer
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.tenants.keyring import installation_keyring


def issuer() -> TokenIssuer:
    return issuer_of(int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def issuer_of(_minute: int) -> TokenIssuer:
    return TokenIssuer(installation_keyring())


def claims_of(kind: Kind, token: str) -> TokenClaims:
    """What the token says. Raises `Expired` or `Invalid`, as `TokenIssuer.read` does."""
    return issuer().read(kind, token, SYSTEM_CLOCK.now())
