"""Keeps the local copy of links complete: what is being sent at once, all the rest little by little and on demand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fairpost.contacts.queries.living_lists import names_of_lists
from fairpost.content.queries.versions import content_version
from fairpost.delivery.queries.dispatches import dispatch_parts
from fairpost.engine.signing.tokens import TRACK_DAYS
from fairpost.events.link_copy import WANTED, Key, LinkCopy, copied, remove_copy, wanted, wish_name, write_copy
from fairpost.events.promise import Promise
from fairpost.kernel.clock import Clock, boottime
from fairpost.kernel.errors import NotFound
from fairpost.tenants import queries

PAGE = 500  # campaigns that are looked at in one go, of all that there ever were
PAGE_EVERY = 2.0  # seconds between such looks, once all of them were looked at

# By the index dispatch_open.
OPEN = "SELECT account_id, campaign_id, latest_at FROM dispatch WHERE state = 'running'"
# By the primary key.
NEXT = """
    SELECT account_id, campaign_id, latest_at FROM dispatch WHERE (account_id, campaign_id) > (%s, %s)
    ORDER BY account_id, campaign_id LIMIT %s"""
ONE = "SELECT account_id, campaign_id, latest_at FROM dispatch WHERE account_id = %s AND campaign_id = %s"
Row = tuple[int, int, datetime]


class LinkKeeper:
    """The copy in `folder`, from a database that it looks at through `connection` and Django's own. For one thread."""

    def __init__(self, folder: Path, promise: Promise, clock: Clock) -> None:
        self.folder = folder
        self.promise = promise
        self.clock = clock
        self.there = copied(folder)
        self.at: Key = (0, 0)
        self.complete = False
        self.turned = 0.0

    def step(self, connection: Any) -> int:
        """Copies what is being sent and what is asked for, and looks at a page of the rest; says how many are new."""
        rows: list[Row] = connection.execute(OPEN).fetchall()
        asked = wanted(self.folder)
        for key in asked:
            rows += connection.execute(ONE, key).fetchall()
        if not self.complete or boottime() - self.turned > PAGE_EVERY:
            rows += self.next_page(connection)
        count = self.copy(connection, rows)
        for key in asked:  # of those that do not exist, too
            (self.folder / WANTED / wish_name(key)).unlink(missing_ok=True)
        if self.complete:
            self.promise.links_complete()
        return count

    def next_page(self, connection: Any) -> list[Row]:
        """Some campaigns more, of all that there ever were; from the first again after the last."""
        page: list[Row] = connection.execute(NEXT, [*self.at, PAGE]).fetchall()
        self.turned = boottime()
        self.at = (page[-1][0], page[-1][1]) if len(page) == PAGE else (0, 0)
        self.complete = self.complete or self.at == (0, 0)
        return page

    def copy(self, connection: Any, rows: Iterable[Row]) -> int:
        count = 0
        today = self.clock.now().date()
        for account_id, campaign_id, latest_at in rows:
            key, until = (account_id, campaign_id), last_day(latest_at)
            if until < today:
                if key in self.there:
                    remove_copy(self.folder, key)
                    self.there.discard(key)
            elif key not in self.there:
                count += self.copy_one(connection, key, until)
        return count

    def copy_one(self, connection: Any, key: Key, until: date) -> bool:
        parts = dispatch_parts(*key)
        if parts is None:
            return False
        try:
            links = content_version(parts.account_id, parts.content_version_id).document.links
            sender = queries.identity(parts.account_id, parts.identity_id).organisation
        except NotFound:
            return False
        with connection.cursor() as cursor:
            lists = names_of_lists(cursor, parts.account_id, parts.list_ids)
        asked = [(each.url, each.donation) for each in links]
        write_copy(self.folder, key, LinkCopy(asked, sender, lists, until.isoformat()))
        self.there.add(key)
        return True


def last_day(latest_at: datetime) -> date:
    """Nothing is sent after `latest_at`, and a link's token is good for TRACK_DAYS from when its mail was filled."""
    return (latest_at + timedelta(days=TRACK_DAYS)).date()
