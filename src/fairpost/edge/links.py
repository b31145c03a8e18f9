"""Where a link of a mail leads: to the address in the content that was sent, and nowhere else.

No part of it comes from the request. The number chooses among the links of the local copy, which is made of an
immutable content version, so this is no open redirect.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from fairpost.edge.answers import PASSING, Answer
from fairpost.engine.ports import Link
from fairpost.engine.render.links import REFERENCE, destination, is_countable
from fairpost.engine.render.template import Spans
from fairpost.engine.signing.tokens import CampaignTokens, TokenIssuer
from fairpost.events.link_copy import Key, LinkCopy, read_copy
from fairpost.kernel.errors import Invalid

Who = tuple[int, int, int, int]  # 1 for a test, account, campaign, ordinal
MOST = 2000  # campaigns whose links are kept in memory
# What may stand in an address as it is (RFC 3986 2.2 and 2.3, and the percent sign); the rest is encoded, as UTF-8.
IN_ADDRESSES = "/#%[]=:;$&()+,!?*@'~"


class CampaignLinks:
    """The links of one campaign, ready to be followed."""

    def __init__(self, copy: LinkCopy) -> None:
        self.copy = copy
        self.targets = [target(Link(url, donation)) for url, donation in copy.links]
        self.tokens: dict[bool, CampaignTokens] = {}
        self.ready: dict[str, tuple[int, Answer]] = {}
        self.ready_since = 0.0

    def make_ready(self, age: bytes, at: float) -> None:
        """Redirects to the addresses that are the same for all, by number as it is written in a path."""
        fixed = [(number, each) for number, each in enumerate(self.targets) if isinstance(each, bytes)]
        self.ready = {str(number): (number, leading_to(each, age)) for number, each in fixed}
        self.ready_since = at

    def address(self, number: int, who: Who, issuer: TokenIssuer, now: datetime) -> bytes | None:
        """The address of link `number`, with the recipient's donation reference in it; None where there is none."""
        found = self.targets[number] if number < len(self.targets) else None
        if not isinstance(found, Spans):
            return found
        test, account_id, campaign_id, ordinal = who
        tokens = self.tokens.get(bool(test))
        if tokens is None:
            tokens = self.tokens[bool(test)] = issuer.for_campaign(account_id, campaign_id, bool(test))
        return checked(found.render({REFERENCE: tokens.donation(ordinal).decode()}, now))


def leading_to(address: bytes, age: bytes) -> Answer:
    """The redirect; `age` is how old the local copy of links is, in whole seconds (RFC 9111, 5.1)."""
    return Answer(302, (*PASSING, (b"location", address), (b"age", age)))


class Links:
    """The links of all campaigns: read when they are first asked for, the least recently asked for forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: OrderedDict[Key, CampaignLinks] = OrderedDict()

    def of(self, key: Key) -> CampaignLinks | None:
        """None where the copy is not there (yet)."""
        found = self.kept.get(key)
        if found is not None:
            self.kept.move_to_end(key)
            return found
        copy = read_copy(self.folder, key)
        if copy is None:
            return None
        found = self.kept[key] = CampaignLinks(copy)
        if len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return found


def target(link: Link) -> Spans | bytes | None:
    """The address where it is the same for all, its template where it holds the reference; None: not counted."""
    try:
        compiled = destination(link)
        if not is_countable(compiled):
            return None
        if compiled.flat and not compiled.spans:
            return checked("".join(compiled.statics))
    except Invalid:
        return None
    return compiled


def checked(url: str) -> bytes | None:
    """The address as ASCII for a header, proven to be of the web: the last look before it is handed out."""
    address = quote(url.strip(), safe=IN_ADDRESSES)
    try:
        split = urlsplit(address)
    except ValueError:  # a host in brackets that is none
        return None
    if split.scheme.lower() not in ("http", "https") or not split.netloc or not address.isprintable():
        return None
    return address.encode("ascii")
