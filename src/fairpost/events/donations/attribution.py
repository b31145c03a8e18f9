"""A donation belongs to the mail whose reference it carries, if it came within the window that its campaign opened.

The window begins when the campaign's audience was frozen and lasts the setting `donation_window_days`. What comes
outside of it, with a test's reference or with none of this account's is received, and attributed to no campaign.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fairpost.delivery.queries.mailed import Mailed
from fairpost.engine.signing.keyring import KeyRing
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.events.donations.statements import Statement
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, mark

WHY_NOT = {
    "no_reference": mark("it carries no reference"),
    "foreign_reference": mark("its reference is none of this account"),
    "test": mark("its reference is of a test mail"),
    "unknown_campaign": mark("its reference names no campaign that was sent"),
    "before_start": mark("it came before the campaign began"),
    "after_window": mark("it came after the attribution window"),
}


def read_reference(keyring: KeyRing, account_id: int, reference: str) -> tuple[int | None, int | None, str]:
    """(campaign, ordinal, reason): whom a reference names, or why nobody."""
    if not reference:
        return None, None, "no_reference"
    try:
        claims = TokenIssuer(keyring).read_donation(reference, account_id)
    except Invalid:
        return None, None, "foreign_reference"
    return claims.campaign_id, claims.ordinal, "test" if claims.test else ""


def why_not(line: Statement, campaigns: Mapping[int, Mailed], window_days: int) -> str:
    """Why a line is attributed to nobody, a key of WHY_NOT; empty where it is attributed."""
    if line.reason:
        return line.reason
    campaign = campaigns.get(line.campaign_id or 0)
    if campaign is None or campaign.begun_at is None:
        return "unknown_campaign"
    if campaign.test:
        return "test"
    if line.at < campaign.begun_at:
        return "before_start"
    return "after_window" if line.at >= campaign.begun_at + timedelta(days=window_days) else ""


def in_words(reason: str) -> str:
    """The sentence for a key of WHY_NOT."""
    return _(WHY_NOT[reason]) if reason in WHY_NOT else reason
