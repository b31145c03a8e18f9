"""Takes what providers sent: each post once, and only if it is genuine.

The edge keeps posts as they come, without a look at them. Here each is held against its hook: whose it is, whether
its signature is good and was made when the post came, and whether it came before. What it says is applied in the
transaction that marks it as done.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from fairpost.integrations.applying import Applied, apply
from fairpost.integrations.models import InboundHook
from fairpost.integrations.outgoing.client import NotReached, Outgoing, in_words
from fairpost.integrations.providers import Hook, provider
from fairpost.integrations.providers.happenings import Confirm, Happening
from fairpost.integrations.providers.ses.verify import is_of_sns
from fairpost.integrations.queries.hooks import NOBODYS
from fairpost.integrations.sealed_secrets import hook_place, open_secret
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

log = structlog.get_logger(__name__)

AT_ONCE = 200
TURN = 20.0  # seconds of one run, where more and more comes
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=2)  # a day and a half in all

# By intake_new.
NEW = """
    SELECT id, hook_id, provider, received_at, headers, body, attempts FROM intake
    WHERE account_id = %s AND state = 'new' AND (next_at IS NULL OR next_at <= %s) ORDER BY id LIMIT %s"""
# By the primary key. The body goes: what it said stands in its own tables now, or is not believed.
SETTLE = """
    UPDATE intake SET state = %s, error = %s, done_at = %s, body = '', attempts = attempts + 1
    WHERE account_id = %s AND id = %s AND state = 'new'"""
SAY = "UPDATE intake SET error = %s WHERE account_id = %s AND id = %s"
LATER = """
    UPDATE intake SET attempts = attempts + 1, next_at = %s, error = %s, state = %s
    WHERE account_id = %s AND id = %s AND state = 'new'"""
SEEN = """
    INSERT INTO intake_seen (account_id, hook_id, message_id, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (account_id, hook_id, message_id) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it lies in the table; names of headers in lower case."""

    id: int
    hook_id: str
    provider: str
    received_at: datetime
    headers: Mapping[str, str]
    body: bytes
    attempts: int


def take_posts(clock: Clock = SYSTEM_CLOCK, *, client: type[Outgoing] = Outgoing) -> int:
    """A periodic job; how many posts it is done with. One that fails keeps no other."""
    count, end = 0, time.monotonic() + TURN
    while posts := new_posts(clock.now()):
        count += sum(take_or_wait(post, clock, client) for post in posts)
        if len(posts) < AT_ONCE or time.monotonic() > end:
            break
    return count


def take_or_wait(post: Post, clock: Clock, client: type[Outgoing]) -> bool:
    try:
        return take(post, clock, client)
    except Exception:
        log.exception("intake.failed", post=post.id, provider=post.provider)
        return wait(post, _("This post could not be applied; see the log of the worker."), clock)


def new_posts(now: datetime) -> list[Post]:
    with connection.cursor() as cursor:
        cursor.execute(NEW, [NOBODYS, now, AT_ONCE])
        rows = cursor.fetchall()
    return [
        Post(number, hook, name, at, lower(headers), bytes(body), attempts)
        for number, hook, name, at, headers, body, attempts in rows
    ]


def lower(headers: object) -> dict[str, str]:
    read = json.loads(headers) if isinstance(headers, str) else headers
    return {str(name).lower(): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


def take(post: Post, clock: Clock, client: type[Outgoing]) -> bool:
    """False where it waits for another attempt."""
    try:
        hook = hook_of(post)
        found = provider(hook.provider)
        message_id = found.verify(post.headers, post.body, hook, post.received_at, client)
        said = found.read(post.body)
        confirm(said, client)
    except Invalid as error:
        settle(post, "refused", error.message, clock)
        return True
    except NotReached as error:
        return wait(post, error.message, clock)
    apply_once(post, hook, message_id, said, clock)
    return True


def hook_of(post: Post) -> Hook:
    """Raises Invalid where there is none of this id and provider."""
    row = InboundHook.objects.filter(hook_id=post.hook_id, provider=post.provider, removed_at=None).first()
    if row is None:
        raise Invalid(_("There is no such hook."))
    secret = open_secret(row.secret, hook_place(row.hook_id)) if row.secret is not None else ""
    return Hook(row.hook_id, row.account_id, row.provider, secret, row.settings)


def confirm(said: Sequence[Happening], client: type[Outgoing]) -> None:
    """Says yes to a provider that asks, on its own servers only. Raises NotReached where they did not hear it."""
    for each in said:
        if not isinstance(each, Confirm):
            continue
        if not is_of_sns(each.url):
            raise Invalid(_("The post asks for a confirmation on a server that is not the provider's."))
        answer = client().get(each.url)
        if why := in_words(answer):
            raise NotReached(why)


@transaction.atomic
def apply_once(post: Post, hook: Hook, message_id: str, said: Sequence[Happening], clock: Clock) -> None:
    """What it says and that it is done are one transaction; of two that come to it, the second finds it done."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [NOBODYS, hook.hook_id, message_id, clock.now()])
        if not cursor.rowcount:
            settle(post, "refused", _("A post with this id was taken before; this one changed nothing."), clock)
            return
    applied = Applied()
    if settle(post, "done", "", clock):
        for each in said:
            apply(hook, each, post.received_at, clock, applied)
        with connection.cursor() as cursor:
            cursor.execute(SAY, [applied.in_words(), NOBODYS, post.id])


def settle(post: Post, state: str, error: str, clock: Clock) -> bool:
    """Compare-and-set: False where another process was first."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [state, error, clock.now(), NOBODYS, post.id])
        return bool(cursor.rowcount)


def wait(post: Post, error: str, clock: Clock) -> bool:
    """Another attempt later; after the last one it has failed, and its body is kept for who looks into it."""
    pause = min(FIRST_PAUSE * 3**post.attempts, LONGEST_PAUSE)
    state = "failed" if post.attempts + 1 >= MOST_ATTEMPTS else "new"
    with connection.cursor() as cursor:
        cursor.execute(LATER, [clock.now() + pause, error, state, NOBODYS, post.id])
    return state == "failed"
