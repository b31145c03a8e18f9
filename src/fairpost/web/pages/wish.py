"""Whom an unsubscribe token in a mail names, and what that mail was: for the pages that it opens."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.delivery.queries.dispatches import DispatchParts, dispatch_parts, recipient_of
from fairpost.engine.ports import Recipient
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.tenants import queries


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to leave what. `parts` is None where the campaign is gone, `recipient` where the contact is."""

    claims: TokenClaims
    parts: DispatchParts | None
    recipient: Recipient | None


def wish_of(claims: TokenClaims) -> Wish:
    """Raises `NotFound` where the account is gone."""
    queries.account(claims.account_id)
    parts = dispatch_parts(claims.account_id, claims.campaign_id)
    recipient = recipient_of(claims.account_id, claims.campaign_id, claims.ordinal, test=claims.test)
    return Wish(claims, parts, recipient)


def sender_of(wish: Wish) -> str:
    """The legal sender that the mail named, or the account."""
    account_id = wish.claims.account_id
    if wish.parts is None:
        return queries.account(account_id).name
    return queries.identity(account_id, wish.parts.identity_id).organisation


def masked(address: str) -> str:
    """`a…@example.org`: enough for its owner, little for whom the mail was forwarded to."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
