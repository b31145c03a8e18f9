"""Opens and clicks: answered from memory, recorded on disk before the answer, once for each recipient and moment."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, timedelta

from fairpost.edge.agents import CLICKS, OPENS, Agents
from fairpost.edge.answers import PASSING, PRIVATE, Answer
from fairpost.edge.desk import Desk
from fairpost.edge.group import Group
from fairpost.edge.links import Who
from fairpost.edge.moment import Moment
from fairpost.edge.pages import language_of, message
from fairpost.edge.recent import Recent
from fairpost.events.hits import HONEYPOT_LINK, NO_LINK, write_hit
from fairpost.events.kinds import CLICK, HONEYPOT, OPEN
from fairpost.kernel.errors import FairpostError, Invalid

GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
IMAGE = ((b"content-type", b"image/gif"), (b"cross-origin-resource-policy", b"cross-origin"))
POINT = Answer(200, (*PRIVATE, *IMAGE), GIF)
NUMBER = re.compile(r"0|[1-9][0-9]{0,4}", re.ASCII)
RETRY = ((b"retry-after", b"5"),)
EPOCH = date(1970, 1, 1)
MOST_LEADING = 1000  # redirects that are kept ready for a second

Headers = Mapping[bytes, bytes]
Taken = tuple[Answer, Group]  # what is answered once the group is on disk


class Tracking:
    """Handles `/o/<token>.gif` and `/c/<number>/<token>`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.moment = Moment(desk.clock)
        self.openers = Agents(OPENS)
        self.clickers = Agents(CLICKS)
        self.recent: Recent[Taken] = Recent()
        self.leading: dict[bytes, Answer] = {}
        self.leading_since = 0.0

    def open(self, path: str, method: str, headers: Headers) -> Taken | Answer:
        """One transparent point, whatever the token is, so that nobody can try which are genuine."""
        if not path.endswith(".gif"):
            return message(404, self.language(headers), "nothing")
        agent = self.openers.code(method, headers)
        taken = self.recent.get((path, agent), self.moment.look())
        if taken is None:
            try:
                test, account_id, campaign_id, ordinal, last = self.desk.issuer.read_track(path[3:-4])
            except FairpostError:
                return POINT
            if last < self.moment.day:
                return POINT
            taken = POINT, self.record((test, account_id, campaign_id, ordinal), OPEN, NO_LINK, agent)
            self.recent.put((path, agent), taken)
        return taken

    def click(self, path: str, method: str, headers: Headers) -> Taken | Answer | None:
        """On to the link's address (302); None where the campaign's links are not at hand: `await_links`, and again."""
        agent = self.clickers.code(method, headers)
        taken = self.recent.get((path, agent), self.moment.look())
        if taken is not None:
            return taken
        written, _slash, token = path[3:].partition("/")
        if not NUMBER.fullmatch(written):
            return message(404, self.language(headers), "nowhere" if token else "nothing")
        number = int(written)
        try:
            test, account_id, campaign_id, ordinal, last = self.desk.issuer.read_track(token)
        except Invalid:
            return message(404, self.language(headers), "nowhere")
        if last < self.moment.day:
            return message(410, self.language(headers), "ended", day=str(EPOCH + timedelta(last)))
        who = (test, account_id, campaign_id, ordinal)
        if number == HONEYPOT_LINK:
            address: bytes | None = self.desk.home
            agent = agent or HONEYPOT
        else:
            links = self.desk.links.of((account_id, campaign_id))
            if links is None:
                return None
            address = links.fixed.get(number) or links.address(number, who, self.desk.issuer, self.desk.clock.now())
            if address is None:
                return message(404, self.language(headers), "nowhere")
        taken = self.leading_to(address), self.record(who, CLICK, number, agent)
        self.recent.put((path, agent), taken)
        return taken

    async def click_later(self, path: str, method: str, headers: Headers) -> Taken | Answer:
        """The click again, once its campaign's links are copied, or the page that says that they are not."""
        _test, account_id, campaign_id, _ordinal, _last = self.desk.issuer.read_track(path.rpartition("/")[2])
        await self.desk.links_of((account_id, campaign_id))
        return self.click(path, method, headers) or message(503, self.language(headers), "link_wait", RETRY)

    def record(self, who: Who, kind: int, link: int, agent: int) -> Group:
        test, account_id, campaign_id, ordinal = who
        return self.desk.hits.add(
            write_hit(self.moment.micros, account_id, campaign_id, ordinal, kind, link, agent, bool(test))
        )

    def leading_to(self, address: bytes) -> Answer:
        """The redirect, with how old the local copy of links is, in whole seconds (RFC 9111, 5.1)."""
        if self.moment.at - self.leading_since > 1:
            self.leading_since = self.moment.at
            self.leading.clear()
            self.age = b"%d" % (self.desk.promise.links_age() or 0)
        found = self.leading.get(address)
        if found is None:
            found = Answer(302, (*PASSING, (b"location", address), (b"age", self.age)))
            if len(self.leading) < MOST_LEADING:
                self.leading[address] = found
        return found

    def language(self, headers: Headers) -> str:
        return language_of(headers, self.desk.place.language)
