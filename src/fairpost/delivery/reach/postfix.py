"""Holds, releases and deletes mail in a Postfix queue by queue id, and says what its log and its queue say.

Ids come from Postfix's replies, as the journal kept them, so that the first stroke needs no look at the queue. Then the
queue itself is read, and decides: the return path of each message in it names campaign and recipient, authenticated,
whatever became of an id meanwhile (short ones are used again).
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fairpost.delivery.reach.adapter import Campaign, Done, OutOfReach, QueueRelay, Work
from fairpost.delivery.reach.log_file import Place
from fairpost.delivery.reach.postfix_log import Recipients, log_end, read_log
from fairpost.delivery.reach.postfix_programs import DELETE, HOLD, RELEASE, Programs
from fairpost.delivery.reach.tally import mark, members_in
from fairpost.delivery.reach.trail import accepted_by, queue_ids
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

DEFAULTS = {
    "config_directory": "/etc/postfix",
    "postsuper": "/usr/sbin/postsuper",
    "postqueue": "/usr/sbin/postqueue",
    "log": "/var/log/mail.log",
}
PLAIN = re.compile(r"(?:/[A-Za-z0-9_+][A-Za-z0-9_.+-]*)+")
STROKES = 3  # what moves between queues while it is held is caught by the next one
CATCH_UP = 0.5  # seconds for a log that was not read for long
PATIENCE = 1.5  # seconds for deliveries that had begun, to learn how they end
POLL = 0.05

ON_THEIR_WAY = """
UPDATE relay_hold SET unresolved = ARRAY(SELECT unnest(unresolved) UNION SELECT unnest(%s::text[]))
WHERE account_id = %s AND campaign_id = %s AND relay_id = %s
"""
UNRESOLVED = "SELECT 1 FROM relay_hold WHERE relay_id = %s AND unresolved <> '{}' LIMIT 1"


class PostfixQueue:
    """The adapter for Postfix on this machine, or behind programs of the same names that reach another one."""

    recheck = 60.0

    def checked(self, access: Mapping[str, str], secret: str) -> dict[str, str]:
        if secret:
            raise Invalid(_("Access to Postfix's queue has no secret."), field="queue_secret")
        for name, path in access.items():
            if name not in DEFAULTS:
                raise Invalid(_("Access to Postfix's queue has no {name}.").format(name=repr(name)), field="queue")
            if not PLAIN.fullmatch(path) or len(path) > 250:
                raise Invalid(
                    _("{name} must be a plain absolute path, not {path}.").format(name=name, path=repr(path)),
                    field=name,
                )
            if name in ("postsuper", "postqueue") and Path(path).name != name:
                raise Invalid(_("The program {path} must be named {name}.").format(path=path, name=name), field=name)
        return {**DEFAULTS, **access}

    def trouble(self, relay: QueueRelay) -> str:
        try:
            programs = Programs(relay.access)
            programs.program("postsuper")
            for _each in programs.listing():
                break
            log_end(relay)
        except OutOfReach as error:
            return str(error)
        return ""

    def attend(self, connection: Any, relay: QueueRelay, work: Work, now: datetime) -> Done:
        return Attending(connection, relay, work, now).all()


@dataclass(slots=True)
class Seen:
    """Messages of one campaign in the queue: queue id -> ordinal."""

    on_hold: dict[str, int] = field(default_factory=dict)
    elsewhere: dict[str, int] = field(default_factory=dict)


class Attending:
    """One turn at one relay."""

    def __init__(self, connection: Any, relay: QueueRelay, work: Work, now: datetime) -> None:
        self.connection = connection
        self.relay = relay
        self.work = work
        self.now = now
        self.programs = Programs(relay.access)
        self.recipients = Recipients(now)
        self.struck: set[str] = set()
        self.on_their_way: dict[Campaign, list[str]] = {}
        self.log_before: Place | None = None
        self.done = Done()

    def all(self) -> Done:
        for campaign in sorted(self.work.hold):
            self.strike(campaign, None)
        for campaign, since in sorted(self.work.keep.items()):
            self.strike(campaign, since)
        if self.work.hold or self.work.release or self.work.discard:
            seen = self.settle()
            for campaign in sorted(self.work.release):
                self.release(campaign, seen.get(campaign, Seen()))
            for campaign in sorted(self.work.discard):
                self.discard(campaign, seen.get(campaign, Seen()))
        try:
            self.follow()
        except OutOfReach as error:
            self.done.trouble = str(error)
        return self.done

    # holding

    def strike(self, campaign: Campaign, since: datetime | None) -> None:
        """Holds by the ids of the trail."""
        for ids in queue_ids(self.connection, campaign, self.relay.id, since):
            held = self.hold(campaign, ids)
            self.mark(campaign, "held", [ids[each] for each in held])

    def hold(self, campaign: Campaign, ids: Mapping[str, int]) -> set[str]:
        """Returns the ids that were put on hold now. Of what was active a delivery may have begun."""
        waiting = self.programs.change(HOLD, ids, "incoming", "deferred")
        if self.log_before is None:
            with contextlib.suppress(OutOfReach):
                self.log_before = log_end(self.relay)
        active = self.programs.change(HOLD, ids.keys() - waiting, "active")
        if active:
            self.on_their_way.setdefault(campaign, []).extend(sorted(active))
        self.struck |= waiting | active
        return waiting | active

    def settle(self) -> dict[Campaign, Seen]:
        """Reads the queue, holds what of ours is not on hold, and writes down what is."""
        mine = self.work.hold | self.work.discard
        for _stroke in range(STROKES):
            seen = self.look()
            loose = {each: seen[each].elsewhere for each in mine & seen.keys() if seen[each].elsewhere}
            if not loose:
                break
            for campaign, ids in loose.items():
                for each in self.hold(campaign, ids):
                    seen[campaign].on_hold[each] = ids.pop(each)
        for campaign in sorted(self.work.hold):
            self.keep_books(campaign, seen.get(campaign, Seen()))
        return seen

    def look(self) -> dict[Campaign, Seen]:
        """What is queued of every campaign at work here. What was held and is other mail goes back at once."""
        campaigns = self.work.hold | self.work.release | self.work.discard
        seen: dict[Campaign, Seen] = {}
        strangers = []
        for entry in self.programs.listing():
            whose = self.recipients.of(entry.sender)
            if whose is not None and whose[0] in campaigns:
                found = seen.setdefault(whose[0], Seen())
                (found.on_hold if entry.queue == "hold" else found.elsewhere)[entry.queue_id] = whose[1]
            elif entry.queue_id in self.struck and (whose is None or whose[0] not in self.work.keep):
                strangers.append(entry.queue_id)
        self.programs.change(RELEASE, strangers)
        return seen

    def keep_books(self, campaign: Campaign, seen: Seen) -> None:
        """Held is what the queue has on hold; what is nowhere in it has left it, and the log may say how."""
        self.mark(campaign, "held", seen.on_hold.values())
        queued = {*seen.on_hold.values(), *seen.elsewhere.values()}
        for accepted in accepted_by(self.connection, campaign, frozenset({self.relay.id})).values():
            self.mark(campaign, "gone", [each for each in accepted if each not in queued])

    # letting go

    def release(self, campaign: Campaign, seen: Seen) -> None:
        """Back into the deferred queue; Postfix tries it at its next round."""
        self.programs.change(RELEASE, seen.on_hold)
        queued = [*seen.on_hold.values(), *seen.elsewhere.values()]
        self.mark(campaign, "deferred", queued, released=True)
        left = members_in(self.connection, campaign, self.relay.id, ("held",))
        self.mark(campaign, "gone", left)

    def discard(self, campaign: Campaign, seen: Seen) -> None:
        """Deletes what is on hold: of that no id is used again meanwhile, so no other mail can be meant."""
        removed = self.programs.change(DELETE, seen.on_hold)
        self.mark(campaign, "discarded", [seen.on_hold[each] for each in removed])

    def mark(self, campaign: Campaign, state: str, ordinals: Iterable[int], *, released: bool = False) -> None:
        mark(self.connection, self.relay.id, campaign, state, ordinals, released=released)

    # the log

    def follow(self) -> None:
        """Reads the log on, and waits a little for deliveries that had begun when they were held."""
        read_log(self.connection, self.relay, self.now, until=self.log_before, seconds=CATCH_UP)
        for campaign, ids in self.on_their_way.items():
            self.connection.execute(ON_THEIR_WAY, [ids, *campaign, self.relay.id])
        end = time.monotonic() + PATIENCE
        while True:
            read_log(self.connection, self.relay, self.now, seconds=CATCH_UP)
            waiting = self.connection.execute(UNRESOLVED, [self.relay.id]).fetchone()
            if not self.on_their_way or waiting is None or time.monotonic() > end:
                return
            time.sleep(POLL)
