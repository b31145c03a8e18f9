"""Posts what is due to every webhook, several at a time, so that one that answers slowly keeps no other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog
from django.db import connection

from fairpost.integrations.outgoing.client import Outgoing
from fairpost.integrations.webhooks.posting import Poster
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

log = structlog.get_logger(__name__)

AT_ONCE = 16
OF_ONE_ACCOUNT = 4  # at once, so that an account whose servers are slow leaves the others their turns
PATIENCE = 0.5  # seconds that one run waits for its posts; those that take longer go on beside the next one
TURN = 20.0  # seconds after which a webhook with much to post lets others have its place

# By webhook_due, and for each by webhook_delivery_due and webhook_event_waiting.
DUE = """
    SELECT w.account_id, w.id FROM webhook AS w WHERE w.state = 'active' AND w.next_at <= %s AND (
        EXISTS (SELECT FROM webhook_delivery AS d WHERE d.account_id = w.account_id AND d.webhook_id = w.id
            AND d.state = 'waiting' AND d.next_at <= %s AND (d.leased_until IS NULL OR d.leased_until < %s))
        OR EXISTS (SELECT FROM webhook_event AS e WHERE e.account_id = w.account_id AND e.webhook_id = w.id
            AND e.delivery_id IS NULL))
    ORDER BY w.next_at LIMIT 1000"""


class Posts:
    """The posts under way in this process: each webhook once."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self.lock = threading.Lock()
        self.under_way: dict[tuple[int, int], Future[int]] = {}

    def begin(self, places: list[tuple[int, int]], clock: Clock, client: type[Outgoing]) -> list[Future[int]]:
        """One future for each webhook that has a place now; the others come in a later run."""
        with self.lock:
            for place in places:
                account_id, webhook_id = place
                busy = sum(each[0] == account_id for each in self.under_way)
                if place in self.under_way or busy >= OF_ONE_ACCOUNT or len(self.under_way) >= AT_ONCE:
                    continue
                self.under_way[place] = self.pool.submit(self.post, place, clock, client)
            return list(self.under_way.values())

    def post(self, place: tuple[int, int], clock: Clock, client: type[Outgoing]) -> int:
        try:
            return post_one(*place, clock, client)
        except Exception:
            log.exception("webhook.not_posted", account_id=place[0], webhook_id=place[1])
            return 0
        finally:
            connection.close()
            with self.lock:
                self.under_way.pop(place, None)


POSTS = Posts()


def post_webhooks(
    clock: Clock = SYSTEM_CLOCK, *, client: type[Outgoing] = Outgoing, patience: float = PATIENCE
) -> int:
    """A periodic job; how many posts were taken that ended within `patience` seconds."""
    futures = POSTS.begin(due(clock.now()), clock, client)
    done, _under_way = wait(futures, timeout=patience)
    return sum(each.result() for each in done)


def due(now: datetime) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now, now, now])
        return cursor.fetchall()


def post_one(account_id: int, webhook_id: int, clock: Clock, client: type[Outgoing] = Outgoing) -> int:
    """Posts to one webhook until nothing is due, something fails, or its turn is over; how many were taken."""
    poster, taken, end = Poster(account_id, webhook_id, clock, client), 0, time.monotonic() + TURN
    while time.monotonic() < end:
        tried = poster.post_next()
        if tried is None or not tried.taken:
            break
        taken += 1
    return taken
