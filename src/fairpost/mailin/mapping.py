"""Finds which message a returned mail is about, by tokens that only the mail itself could have taught its writer.

In this order: the return path that it came to; Message-ID, return path and unsubscribe address of the message that came
back; what it answers; such a token anywhere in it. An address in the text never decides, and a token that was forged or
cut names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from fairpost.engine.outcomes.bounded_mail import MAX_OCTETS, Fields
from fairpost.engine.outcomes.returned import OriginalHeaders
from fairpost.engine.signing.tokens import Kind, TokenClaims
from fairpost.kernel.errors import Invalid
from fairpost.mailin.places import Place, issuer

TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{48}(?![A-Za-z0-9])")
MOST = 24  # tokens that are tried
CAMPAIGN = re.compile(r"\s*(\d{1,9}):(\d{1,9}):[\w-]{1,40}:fairpost\s*")


def claims_in(place: Place, original: OriginalHeaders, top: Fields, raw: bytes, now: datetime) -> TokenClaims | None:
    """What the first genuine token says, or None."""
    if place.claims is not None:
        return place.claims
    tried: set[tuple[str, str]] = set()
    for kind, token in candidates(original, top, raw):
        if len(tried) >= MOST:
            break
        if (kind, token) not in tried:
            tried.add((kind, token))
            claims = genuine(kind, token, now)
            if claims is not None:
                return claims
    return None


def candidates(original: OriginalHeaders, top: Fields, raw: bytes) -> Iterator[tuple[Kind, str]]:
    for text in (original.message_id, original.return_path, top.get("in-reply-to"), top.get("references")):
        yield from (("mail", each) for each in tokens(text))
    yield from (("unsubscribe", each) for each in tokens(original.list_unsubscribe))
    # Some systems return the message as an attachment of their own making.
    for each in tokens(raw[:MAX_OCTETS].decode("latin-1")):
        yield "mail", each
        yield "unsubscribe", each


def tokens(text: str) -> Iterator[str]:
    """In lower case, without the `b-` or `u-` before them."""
    return (match[0].lower() for match in TOKEN.finditer(text))


def genuine(kind: Kind, token: str, now: datetime) -> TokenClaims | None:
    try:
        return issuer().read(kind, token, now)
    except Invalid:
        return None


def campaign_named(original: OriginalHeaders) -> tuple[int, int] | None:
    """(account, campaign) of a Feedback-ID: nothing signs it, so it is good for a note and for nothing else."""
    match = CAMPAIGN.fullmatch(original.feedback_id)
    return (int(match[2]), int(match[1])) if match else None
