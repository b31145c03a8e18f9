"""Which campaign a report is about, from whatever of the mail its reader pasted: a link, the Message-ID, the headers.

Nothing of it names the recipient to anybody afterwards: only account and campaign are kept, and tokens are cut out of
every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from fairpost.engine.signing.tokens import Expired, TokenIssuer
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.tenants.keyring import installation_keyring
from fairpost.tenants.queries import account

Found = tuple[Literal["mail", "unsubscribe", "track"], str]
LONGEST = 50_000  # characters that are looked through
MOST_TOKENS = 50
UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

# As they stand in mails (engine/signing/tokens): links first, then what headers hold. Mails may be folded and quoted.
TOKENS = (
    ("unsubscribe", re.compile(r"/u/([A-Za-z2-7]{48})(?![A-Za-z0-9])")),
    ("track", re.compile(r"/(?:v|o|c/[0-9]{1,5})/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")),
    ("unsubscribe", re.compile(r"\bu-([A-Za-z2-7]{48})@")),
    ("mail", re.compile(r"\bb-([A-Za-z2-7]{48})@")),
    ("mail", re.compile(r"(?<![A-Za-z0-9-])([A-Za-z2-7]{48})@")),
)


def campaign_named(text: str, now: datetime) -> tuple[int, int] | None:
    """(account, campaign) of the first genuine token in the text; None where it holds none."""
    issuer = TokenIssuer(installation_keyring())
    for kind, token in tokens_in(unfolded(text[:LONGEST])):
        try:
            claims = issuer.read(kind, token, now)
        except Expired as error:
            claims = error.claims
        except Invalid:
            continue
        try:
            account(claims.account_id)
        except NotFound:
            continue
        return claims.account_id, claims.campaign_id
    return None


def tokens_in(text: str) -> Iterator[Found]:
    found: list[Found] = []
    for kind, pattern in TOKENS:
        found += [(kind, each) for each in pattern.findall(text)]  # type: ignore[misc]
    yield from dict.fromkeys(found[:MOST_TOKENS])


def unfolded(text: str) -> str:
    """Without the line ends that folding (RFC 5322, 2.2.3) and quoted-printable put into a token."""
    return re.sub(r"=\r?\n|\r?\n(?:[ \t]+|> ?)(?=[A-Za-z0-9_-]{8})", "", text)


def printable(text: str) -> str:
    """With a blank for everything that `kernel.plaintext` refuses: whoever pastes a mail has not written it."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def without_tokens(text: str) -> str:
    """The text with every token cut out: it could unsubscribe its reader, and name them."""
    for _kind, pattern in TOKENS:
        text = pattern.sub(lambda match: match[0].replace(match[1], "[...]"), text)
    return text
