"""What every request of one serving process shares: keys, links, spools, the promise and the clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fairpost.edge.group import GroupSpool
from fairpost.edge.links import CampaignLinks, Links
from fairpost.edge.standing import Standing
from fairpost.engine.signing.keyring import KeyRing
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.events.link_copy import Key, want
from fairpost.events.promise import Promise
from fairpost.events.spool import HITS, POSTS, WISHES
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid, Unavailable

LINKS_WAIT = 2.0  # seconds that a click waits for a copy of its campaign's links
LINKS_LOOK = 0.05
FRESH = 5.0  # seconds: a folding process that was heard of since then can make a copy
HITS_RESERVE = 256 * 1024 * 1024  # octets of the disk that hits leave to wishes
POSTS_RESERVE = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where this edge keeps its files and what it is set to. `home` is where the link leads that no person sees."""

    folder: Path
    keyring: Path
    home: str
    silence: float  # seconds after which senders lease nothing because of this edge
    language: str = "en"
    clock: Clock = SYSTEM_CLOCK


class Desk:
    """Made inside the event loop; `close` when nothing is asked any more."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.clock = place.clock
        self.home = place.home.encode("ascii")
        place.folder.mkdir(parents=True, exist_ok=True)
        self.promise = Promise(place.folder, place.silence)
        self.standing = Standing(self.promise)
        self.hits = GroupSpool(place.folder, HITS, HITS_RESERVE)
        self.wishes = GroupSpool(place.folder, WISHES)
        self.posts = GroupSpool(place.folder, POSTS, POSTS_RESERVE)
        self.links = Links(place.folder)
        self.not_recorded = 0  # hits that the disk did not take

    async def close(self) -> None:
        for each in (self.hits, self.wishes, self.posts):
            await each.close()

    @cached_property
    def issuer(self) -> TokenIssuer:
        """Raises Unavailable where the key ring cannot be read; it is tried again the next time."""
        try:
            return TokenIssuer(KeyRing.open(self.place.keyring))
        except Invalid as error:  # no token is forged because our ring is damaged
            raise Unavailable(error.message, hint=error.hint) from error

    async def links_of(self, key: Key) -> CampaignLinks | None:
        """The campaign's links; where they are not copied yet and somebody is there to do it, they are waited for."""
        found = self.links.of(key)
        if found is not None:
            return found
        want(self.place.folder, key)
        age = self.promise.database_age()
        waited = 0.0
        while age is not None and age < FRESH and waited < LINKS_WAIT:
            await asyncio.sleep(LINKS_LOOK)
            waited += LINKS_LOOK
            found = self.links.of(key)
            if found is not None:
                return found
        return None
