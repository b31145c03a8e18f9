"""Posts the deliveries of one webhook, each at least once, whatever crashes in between.

A delivery is leased before it is posted and settled afterwards, both by compare-and-set. Whoever dies between
the two leaves a lease that lapses; then it is posted again, under the same id.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from fairpost.audit.actions import record
from fairpost.integrations.outgoing.client import NotReached, Outgoing, in_words
from fairpost.integrations.sealed_secrets import open_secret, webhook_place
from fairpost.integrations.webhooks.batches import body_of, make_delivery
from fairpost.integrations.webhooks.patience import GIVEN_UP_AFTER, pause_after
from fairpost.integrations.webhooks.signing import signed_headers
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import mark

LEASE = timedelta(seconds=60)
GONE = 410
LONGEST_ERROR = 300
POSTER = Actor("webhooks", via="system")
GONE_REASON = mark("the server answered 410: there is nobody who wants this any more")
TIRED_REASON = mark("nothing was taken for three days")

WEBHOOK = """
    SELECT url, secret, old_secret, old_secret_until FROM webhook
    WHERE account_id = %s AND id = %s AND state = ANY(%s) AND (next_at <= %s OR %s::text IS NOT NULL)"""
# By webhook_delivery_due. Those that failed least come first: one that is never taken keeps no other.
LEASE_ONE = """
    UPDATE webhook_delivery SET lease = %s, leased_until = %s, attempts = attempts + 1, tried_at = %s
    WHERE account_id = %s AND webhook_id = %s AND state = 'waiting' AND delivery_id = (
        SELECT delivery_id FROM webhook_delivery
        WHERE account_id = %s AND webhook_id = %s AND state = 'waiting' AND next_at <= %s
            AND (leased_until IS NULL OR leased_until < %s) AND (%s::text IS NULL OR delivery_id = %s)
        ORDER BY attempts, next_at, number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING delivery_id, attempts, since"""
SETTLE = """
    UPDATE webhook_delivery SET state = %s, next_at = %s, status = %s, error = %s, seconds = %s, lease = NULL,
        leased_until = NULL
    WHERE account_id = %s AND webhook_id = %s AND delivery_id = %s AND lease = %s"""
SUCCEEDED = """
    UPDATE webhook SET failures = 0, failing_since = NULL, next_at = %s WHERE account_id = %s AND id = %s"""
FAILED = """
    UPDATE webhook SET failures = failures + 1, failing_since = COALESCE(failing_since, %s)
    WHERE account_id = %s AND id = %s RETURNING failures, failing_since"""
WAIT = "UPDATE webhook SET next_at = %s WHERE account_id = %s AND id = %s"
GIVE_UP = """
    UPDATE webhook SET state = 'failing', state_reason = %s, state_at = %s
    WHERE account_id = %s AND id = %s AND state = 'active'"""


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt. `status` None: no answer came. `error` is empty where it was taken."""

    delivery_id: str
    status: int | None
    error: str
    seconds: float | None

    @property
    def taken(self) -> bool:
        return not self.error


class Poster:
    """Posts for one webhook; not inside a transaction, for it asks another server in between."""

    def __init__(
        self,
        account_id: int,
        webhook_id: int,
        clock: Clock,
        client: Callable[[], Outgoing] = Outgoing,
        chance: random.Random | None = None,
    ) -> None:
        self.place = [account_id, webhook_id]
        self.clock = clock
        self.client = client
        self.chance = chance or random.Random()

    def post_next(self, *, states: tuple[str, ...] = ("active",), only: str | None = None) -> Tried | None:
        """Makes a delivery of what waits and posts the one that is due; None where nothing is, or nothing may be.

        `only` names the delivery to post at once, whatever else is due and however long the webhook has to wait.
        """
        now = self.clock.now()
        webhook = ask(WEBHOOK, [*self.place, list(states), now, only])
        if webhook is None:
            return None
        if only is None:
            with transaction.atomic(), connection.cursor() as cursor:
                make_delivery(cursor, *self.place, now)
        lease = uuid.uuid4()
        leased = ask(LEASE_ONE, [lease, now + LEASE, now, *self.place, *self.place, now, now, only, only])
        if leased is None:
            return None
        delivery_id, attempts, since = leased
        tried = self.post(webhook, delivery_id, now)
        return self.settle(tried, lease, attempts, since)

    def post(self, webhook: tuple[Any, ...], delivery_id: str, now: datetime) -> Tried:
        url, secret, old_secret, old_until = webhook
        sealed = [secret, *([old_secret] if old_secret is not None and old_until and now < old_until else [])]
        with connection.cursor() as cursor:
            body = body_of(cursor, *self.place, delivery_id)
        place = webhook_place(*self.place)
        headers = signed_headers([open_secret(each, place) for each in sealed], delivery_id, now, body)
        try:
            answer = self.client().post(url, body, {"Content-Type": "application/json", **headers})
        except (Invalid, NotReached) as error:
            return Tried(delivery_id, None, error.message[:LONGEST_ERROR], None)
        return Tried(delivery_id, answer.status, in_words(answer), answer.seconds)

    def settle(self, tried: Tried, lease: uuid.UUID, attempts: int, since: datetime) -> Tried:
        """Writes down what came of it. A lease that lapsed meanwhile changes nothing: somebody else is at it."""
        now = self.clock.now()
        given_up = not tried.taken and now - since >= GIVEN_UP_AFTER
        state = "delivered" if tried.taken else "given_up" if given_up else "waiting"
        next_at = now if tried.taken else now + pause_after(attempts, self.chance)
        with transaction.atomic(), connection.cursor() as cursor:
            result = [state, next_at, tried.status, tried.error, tried.seconds]
            cursor.execute(SETTLE, [*result, *self.place, tried.delivery_id, lease])
            if cursor.rowcount and tried.taken:
                cursor.execute(SUCCEEDED, [now, *self.place])
            elif cursor.rowcount:
                self.note_failure(cursor, tried, now)
        return tried

    def note_failure(self, cursor: Any, tried: Tried, now: datetime) -> None:
        """The webhook waits too; after three days of nothing else it is failing, and on record as that."""
        cursor.execute(FAILED, [now, *self.place])
        failures, failing_since = cursor.fetchone()
        cursor.execute(WAIT, [now + pause_after(failures, self.chance), *self.place])
        if tried.status != GONE and now - failing_since < GIVEN_UP_AFTER:
            return
        cursor.execute(GIVE_UP, [GONE_REASON if tried.status == GONE else TIRED_REASON, now, *self.place])
        if cursor.rowcount:
            account_id, webhook_id = self.place
            record(
                actor=POSTER,
                act="webhook.given_up",
                account_id=account_id,
                subject=f"webhook:{webhook_id}",
                facts={"failures": failures, "status": tried.status},
                clock=self.clock,
            )


def ask(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
