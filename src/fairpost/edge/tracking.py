"""Opens and clicks: answered from memory, recorded on disk before the answer, once for each recipient and moment."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping

from fairpost.edge.agents import CLICKS, OPENS, Agents
from fairpost.edge.answers import PRIVATE, Answer
from fairpost.edge.desk import Desk
from fairpost.edge.group import Group
from fairpost.edge.pages import language_of, message
from fairpost.edge.recent import Recent
from fairpost.engine.signing.tokens import Expired, TokenClaims
from fairpost.events.hits import HONEYPOT_LINK, NO_LINK, write_hit
from fairpost.events.kinds import CLICK, HONEYPOT, OPEN
from fairpost.kernel.clock import boottime
from fairpost.kernel.errors import FairpostError, Invalid

GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
IMAGE = ((b"content-type", b"image/gif"), (b"cross-origin-resource-policy", b"cross-origin"))
POINT = Answer(200, (*PRIVATE, *IMAGE), GIF)
NUMBER = re.compile(r"0|[1-9][0-9]{0,4}", re.ASCII)
RETRY = ((b"retry-after", b"5"),)

Taken = tuple[Answer, Group]


class Tracking:
    """Handles `/o/<token>.gif` and `/c/<number>/<token>`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.openers = Agents(OPENS)
        self.clickers = Agents(CLICKS)
        self.recent: Recent[Taken] = Recent()
        self.age = b"0"
        self.age_at = 0.0

    async def open(self, path: str, method: str, headers: Mapping[bytes, bytes]) -> Answer:
        """One transparent point, whatever the token is, so that nobody can try which are genuine."""
        if not path.endswith(".gif"):
            return message(404, self.language(headers), "nothing")
        agent = self.openers.code(method, headers)
        taken = self.recent.get((path, agent), boottime())
        if taken is None:
            try:
                claims = self.desk.claims("track", path[3:-4])
            except FairpostError:
                return POINT
            taken = POINT, self.record(claims, OPEN, NO_LINK, agent)
            self.recent.put((path, agent), taken)
        return await self.recorded(taken)

    async def click(self, path: str, method: str, headers: Mapping[bytes, bytes]) -> Answer:
        """On to the link's address (302)."""
        agent = self.clickers.code(method, headers)
        taken = self.recent.get((path, agent), boottime())
        if taken is None:
            number, _slash, token = path[3:].partition("/")
            if not NUMBER.fullmatch(number):
                return message(404, self.language(headers), "nowhere" if token else "nothing")
            try:
                claims = self.desk.claims("track", token)
            except Expired as error:
                day = str(error.claims.expires)
                return message(410, self.language(headers), "ended", day=day)
            except Invalid:
                return message(404, self.language(headers), "nowhere")
            found = await self.follow(int(number), claims, agent, headers)
            if isinstance(found, Answer):
                return found
            taken = found
            self.recent.put((path, agent), taken)
        return await self.recorded(taken)

    async def follow(
        self, number: int, claims: TokenClaims, agent: int, headers: Mapping[bytes, bytes]
    ) -> Answer | Taken:
        if number == HONEYPOT_LINK:
            return self.leading_to(self.desk.home), self.record(claims, CLICK, HONEYPOT_LINK, agent or HONEYPOT)
        key = (claims.account_id, claims.campaign_id)
        links = self.desk.links.of(key) or await self.desk.links_of(key)
        if links is None:
            return message(503, self.language(headers), "link_wait", RETRY)
        address = links.address(number, claims, self.desk.issuer, self.desk.clock.now())
        if address is None:
            return message(404, self.language(headers), "nowhere")
        return self.leading_to(address), self.record(claims, CLICK, number, agent)

    def leading_to(self, address: bytes) -> Answer:
        return Answer(302, (*PRIVATE, (b"location", address), (b"age", self.links_age())))

    def links_age(self) -> bytes:
        """How old the local copy of links is, in whole seconds (RFC 9111, 5.1)."""
        now = boottime()
        if now - self.age_at > 1:
            self.age_at = now
            self.age = b"%d" % (self.desk.promise.links_age() or 0)
        return self.age

    def record(self, claims: TokenClaims, kind: int, link: int, agent: int) -> Group:
        at = int(self.desk.clock.now().timestamp() * 1_000_000)
        return self.desk.hits.add(
            write_hit(at, claims.account_id, claims.campaign_id, claims.ordinal, kind, link, agent, claims.test)
        )

    async def recorded(self, taken: Taken) -> Answer:
        """The answer, once the hit is on disk. A disk that is full keeps nobody from going on."""
        answer, written = taken
        if not written.done():
            try:
                await written
            except OSError:
                self.desk.not_recorded += 1
        return answer

    def language(self, headers: Mapping[bytes, bytes]) -> str:
        return language_of(headers, self.desk.place.language)
