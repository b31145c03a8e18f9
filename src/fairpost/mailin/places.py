"""Knows which addresses mail is taken for: our own return paths and the few others; everything else is refused."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from django.conf import settings

from fairpost.engine.signing.tokens import RETURN_PATH_PREFIX, UNSUBSCRIBE_PREFIX, TokenClaims, TokenIssuer
from fairpost.kernel.errors import Invalid
from fairpost.tenants.keyring import installation_keyring
from fairpost.tenants.queries.return_paths import return_path_domains

Kind = Literal["return_path", "unsubscribe", "reports", "feedback", "postmaster"]
KEEP = 60.0  # seconds until domains and keys are looked at again
LONGEST = 320


@dataclass(frozen=True, slots=True)
class Place:
    """What an address of ours is for. `claims` is what its token says, None where it has none or a forged one."""

    kind: Kind
    address: str
    claims: TokenClaims | None = None


def place_of(address: str, now: datetime) -> Place | None:
    """The place of a recipient's address; None for whatever is not ours.

    Raises django.db.Error where the domains cannot be read, `Unavailable` where the key ring cannot.
    """
    local, at, domain = address[: LONGEST + 1].rpartition("@")
    configuration = settings.FAIRPOST
    host = configuration.platform_host.lower()
    domain = domain.lower().rstrip(".")
    whole = f"{local}@{domain}".lower()
    if not at or len(address) > LONGEST:
        return Place("postmaster", address) if address.lower() == "postmaster" else None
    if whole == (configuration.reports_address.lower() or f"dmarc@{host}"):
        return Place("reports", address)
    if whole == (configuration.feedback_address.lower() or f"fbl@{host}"):
        return Place("feedback", address)
    if domain not in own_domains(int(time.monotonic() // KEEP)):
        return None
    prefix = local[:2].lower()
    if prefix == RETURN_PATH_PREFIX:
        return Place("return_path", address, claims_of(local, now))
    if prefix == UNSUBSCRIBE_PREFIX:
        return Place("unsubscribe", address, claims_of(local, now))
    return Place("postmaster", address) if local.lower() == "postmaster" else None


def claims_of(local: str, now: datetime) -> TokenClaims | None:
    """What a genuine return path or unsubscribe address says; a forged, cut or foreign one says nothing."""
    try:
        return issuer().read_address(local, now)
    except Invalid:
        return None


def issuer() -> TokenIssuer:
    """Reads tokens under the installation's key ring, which is looked at again every minute."""
    return issuer_of(int(time.monotonic() // KEEP))


@lru_cache(maxsize=1)
def issuer_of(_minute: int) -> TokenIssuer:
    return TokenIssuer(installation_keyring())


@lru_cache(maxsize=1)
def own_domains(_minute: int) -> frozenset[str]:
    """Domains of return paths, and the platform's own host."""
    configuration = settings.FAIRPOST
    own = {configuration.platform_host.lower(), configuration.return_path_domain.lower()}
    return return_path_domains() | own
