"""`/u/<token>`: one button, and one-click unsubscribing for mailbox programs (RFC 8058).

GET changes nothing, because link scanners follow links; POST unsubscribes, whatever its body says. There is no CSRF
token on purpose: mailbox programs post without a cookie or a page before it, and the signed token in the address is the
authority. The answer comes when the wish stands: see standing.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fairpost.edge.answers import Answer, plain
from fairpost.edge.desk import Desk
from fairpost.edge.pages import language_of, message, question
from fairpost.engine.signing.tokens import TokenClaims
from fairpost.events.link_copy import LinkCopy
from fairpost.events.wishes import Wish, write_wish
from fairpost.kernel.errors import Invalid

RETRY = ((b"retry-after", b"30"),)
MOST_WAITING = 5000  # wishes on their way at once; more are asked to come again


class Unsubscribing:
    """Handles `/u/<token>`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.under_way: dict[TokenClaims, asyncio.Task[bool]] = {}

    async def answer(self, path: str, method: str, headers: Mapping[bytes, bytes]) -> Answer:
        language = language_of(headers, self.desk.place.language)
        if method not in ("GET", "HEAD", "POST"):
            return plain(405, (b"allow", b"GET, HEAD, POST"))
        try:
            claims = self.desk.issuer.read("unsubscribe", path[3:], self.desk.clock.now())
        except Invalid:
            return message(404, language, "nowhere" if path[3:] else "nothing")
        if method == "POST":
            return await self.act(claims, language)
        return question(language, facts(self.copy(claims)))

    async def act(self, claims: TokenClaims, language: str) -> Answer:
        if claims.test:
            return message(200, language, "test")
        task = self.under_way.get(claims)
        if task is None:
            if len(self.under_way) >= MOST_WAITING:
                return message(503, language, "wait", RETRY)
            # A task of its own: a client that goes away takes back no wish, and two wishes at once are one.
            task = self.under_way[claims] = asyncio.ensure_future(self.stand(claims))
            task.add_done_callback(lambda _task: self.under_way.pop(claims, None))
        if not await asyncio.shield(task):
            return message(503, language, "wait", RETRY)
        return done(language, self.copy(claims))

    async def stand(self, claims: TokenClaims) -> bool:
        """Brings the wish to disk and waits until it stands; False where that cannot be said."""
        at = int(self.desk.clock.now().timestamp() * 1_000_000)
        wish = Wish(at, claims.account_id, claims.campaign_id, claims.ordinal)
        try:
            written = await self.desk.wishes.add(write_wish(wish))
        except OSError:
            return False
        return await self.desk.standing.stands(written)

    def copy(self, claims: TokenClaims) -> LinkCopy | None:
        """What the local copy of links says of the campaign, for the page; nothing depends on it."""
        links = self.desk.links.of((claims.account_id, claims.campaign_id))
        return links.copy if links else None


def facts(copy: LinkCopy | None) -> list[tuple[str, str]]:
    if copy is None:
        return []
    return [("sender", copy.sender), *([("lists", ", ".join(copy.lists))] if copy.lists else [])]


def done(language: str, copy: LinkCopy | None) -> Answer:
    if copy is None:
        return message(200, language, "done", text="plain")
    if not copy.lists:
        return message(200, language, "done", text="from_sender", sender=copy.sender)
    return message(200, language, "done", text="of_lists", sender=copy.sender, lists=", ".join(copy.lists))
