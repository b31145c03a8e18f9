"""Opens and clicks: answered from memory, recorded on disk before the answer, once for each recipient and moment."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, timedelta

from fairpost.edge.agents import CLICKS, OPENS, Agents
from fairpost.edge.answers import PRIVATE, Answer
from fairpost.edge.desk import Desk
from fairpost.edge.group import Group
from fairpost.edge.links import CampaignLinks, Who, leading_to
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
UNSEEN = str(HONEYPOT_LINK)
OF_THE_HIT = slice(8, 28)  # everything of a record but its time and its checksum

Headers = Mapping[bytes, bytes]
Taken = tuple[Answer, Group]  # what is answered once the group is on disk


class Tracking:
    """Handles `/o/<token>.gif` and `/c/<number>/<token>`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.moment = Moment(desk.clock)
        self.openers = Agents(OPENS)
        self.clickers = Agents(CLICKS)
        self.recent: Recent[Group] = Recent()

    def open(self, path: str, method: str, headers: Headers) -> Taken | Answer:
        """One transparent point, whatever the token is, so that nobody can try which are genuine."""
        if not path.endswith(".gif"):
            return message(404, self.language(headers), "nothing")
        self.moment.look()
        try:
            test, account_id, campaign_id, ordinal, last = self.desk.issuer.read_track(path[3:-4])
        except FairpostError:
            return POINT
        if last < self.moment.day:
            return POINT
        agent = self.openers.code(method, headers)
        return POINT, self.record((test, account_id, campaign_id, ordinal), OPEN, NO_LINK, agent)

    def click(self, path: str, method: str, headers: Headers) -> Taken | Answer | None:
        """On to the link's address (302); None where the campaign's links are not at hand: then `click_later`."""
        now = self.moment.look()
        written, _slash, token = path[3:].partition("/")
        try:
            test, account_id, campaign_id, ordinal, last = self.desk.issuer.read_track(token)
        except Invalid:
            return message(404, self.language(headers), "nowhere" if token else "nothing")
        if last < self.moment.day:
            return message(410, self.language(headers), "ended", day=str(EPOCH + timedelta(last)))
        who = (test, account_id, campaign_id, ordinal)
        agent = self.clickers.code(method, headers)
        if written == UNSEEN:
            answer = leading_to(self.desk.home, self.links_age())
            return answer, self.record(who, CLICK, HONEYPOT_LINK, agent or HONEYPOT)
        links = self.desk.links.of((account_id, campaign_id))
        if links is None:
            return None
        if now - links.ready_since > 1:
            links.make_ready(self.links_age(), now)
        ready = links.ready.get(written)
        if ready is None:
            return self.click_of_ones_own(links, written, who, agent) or message(404, self.language(headers), "nowhere")
        number, answer = ready
        return answer, self.record(who, CLICK, number, agent)

    def click_of_ones_own(self, links: CampaignLinks, written: str, who: Who, agent: int) -> Taken | None:
        """On to an address with the recipient's reference in it; None where there is no such link."""
        if not NUMBER.fullmatch(written):
            return None
        address = links.address(int(written), who, self.desk.issuer, self.desk.clock.now())
        if address is None:
            return None
        return leading_to(address, self.links_age()), self.record(who, CLICK, int(written), agent)

    async def click_later(self, path: str, method: str, headers: Headers) -> Taken | Answer:
        """The click again, once its campaign's links are copied, or the page that says that they are not."""
        _test, account_id, campaign_id, _ordinal, _last = self.desk.issuer.read_track(path.rpartition("/")[2])
        await self.desk.links_of((account_id, campaign_id))
        return self.click(path, method, headers) or message(503, self.language(headers), "link_wait", RETRY)

    def record(self, who: Who, kind: int, link: int, agent: int) -> Group:
        """The group with which the hit comes to disk, or came a moment ago."""
        test, account_id, campaign_id, ordinal = who
        hit = write_hit(self.moment.micros, account_id, campaign_id, ordinal, kind, link, agent, bool(test))
        key = hit[OF_THE_HIT]
        group = self.recent.get(key, self.moment.at)
        if group is None or (group.done() and group.exception()):
            group = self.desk.hits.add(hit)
            self.recent.put(key, group)
        return group

    def links_age(self) -> bytes:
        return b"%d" % (self.desk.promise.links_age() or 0)

    def language(self, headers: Headers) -> str:
        return language_of(headers, self.desk.place.language)
