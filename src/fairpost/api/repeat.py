"""A write with an Idempotency-Key happens once: the same request again gets the stored answer, another one a refusal.

Most acts and their answers commit in one transaction: either both are there or neither. An act that must not
run inside a transaction (a stop waits for its fence, which begins after the commit) commits its row first,
as begun, then runs, then stores the answer. A row that is begun while nobody holds its lock was cut short:
the handler says by `Repeat` what a repeat then does.

What is kept: the status and the body of answers below 300, a day long. A refusal changed nothing, so it
is not kept: the same request may succeed later. Secrets are not kept at all (`kept_without`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from fairpost.api.problems import problem
from fairpost.audit.holds import Held
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _

KEY = re.compile(r"[\x21-\x7e]{1,255}")
Work = Callable[[], HttpResponse]


class Repeat(Enum):
    """What a request whose first attempt was cut short does when it comes again."""

    TOGETHER = "nothing was done: act and answer are one transaction"
    AGAIN = "the act is done again; that is harmless"
    ASK = "the caller is told to look: done again, it might happen twice"


def outside_transaction(repeat: Repeat) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a handler whose action commits by itself, in steps."""

    def mark(handler: Callable[..., Any]) -> Callable[..., Any]:
        handler.repeat = repeat  # type: ignore[attr-defined]
        return handler

    return mark


def kept_without(member: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a handler whose answer holds a secret: it is kept with null in that place."""

    def mark(handler: Callable[..., Any]) -> Callable[..., Any]:
        handler.secret = member  # type: ignore[attr-defined]
        return handler

    return mark


def once(request: HttpRequest, actor: Actor, handler: Any, work: Work, now: datetime) -> HttpResponse:
    """The answer of `work`, or the one that it gave before. Without the header it is simply done."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not KEY.fullmatch(key):
        detail = _("An Idempotency-Key is 1 to 255 printable ASCII characters without blanks.")
        return problem(400, detail, field="Idempotency-Key")
    kept = Kept(actor, key, fingerprint(request), getattr(handler, "secret", ""), now)
    repeat = getattr(handler, "repeat", Repeat.TOGETHER)
    return kept.together(work) if repeat is Repeat.TOGETHER else kept.in_steps(work, repeat)


class Kept:
    """The row of one request, and the lock that says that somebody works on it."""

    def __init__(self, actor: Actor, key: str, fingerprint: bytes, secret: str, now: datetime) -> None:
        self.place = [actor.account_id or 0, actor.api_key_id, key]
        self.fingerprint = fingerprint
        self.secret = secret
        self.now = now
        name = "\0".join(map(str, ["api-answer", *self.place])).encode()
        self.lock = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)

    def together(self, work: Work) -> HttpResponse:
        with transaction.atomic():
            if not self.ask("SELECT pg_try_advisory_xact_lock(%s)", [self.lock])[0]:
                return running()
            earlier = self.earlier()
            if earlier is not None:
                return earlier
            response = work()
            if response.status_code < 300:
                self.write(response)
            else:
                transaction.set_rollback(True)
            return response

    def in_steps(self, work: Work, repeat: Repeat) -> HttpResponse:
        if not self.ask("SELECT pg_try_advisory_lock(%s)", [self.lock])[0]:
            return running()
        try:
            earlier = self.earlier()
            if earlier is not None:
                return earlier
            begun_before = not self.begin()
            if begun_before and repeat is Repeat.ASK:
                return cut_short()
            response = work()
            if response.status_code < 300:
                self.write(response)
            elif response.status_code < 500 and not begun_before:
                self.run("DELETE FROM api_answer WHERE " + PLACE, self.place)
            elif begun_before and response.status_code == Conflict.status:
                add_hint(response, hint_after_crash())
            return response
        finally:
            if connection.connection is not None and not connection.connection.closed:
                self.run("SELECT pg_advisory_unlock(%s)", [self.lock])

    def earlier(self) -> HttpResponse | None:
        """The stored answer, or the refusal where the key was used for another request."""
        row = self.ask("SELECT fingerprint, status, body FROM api_answer WHERE " + PLACE, self.place)
        if row is None:
            return None
        if bytes(row[0]) != self.fingerprint:
            detail = _("This Idempotency-Key was used for another request.")
            return problem(422, detail, slug="key-reused", field="Idempotency-Key", hint=_("Make a new key."))
        if row[1] is None:
            return None
        response = HttpResponse(row[2], status=row[1], content_type="application/json; charset=utf-8")
        response["Idempotent-Replayed"] = "true"
        return response

    def begin(self) -> bool:
        """Says whether this attempt is the first."""
        return self.run(BEGIN, [*self.place, self.fingerprint, self.now]) > 0

    def write(self, response: HttpResponse) -> None:
        body = response.content.decode() if not response.streaming else ""
        if self.secret:
            body = json.dumps({**json.loads(body), self.secret: None}, ensure_ascii=False)
        self.run(FINISH, [*self.place, self.fingerprint, response.status_code, body, self.now])

    def ask(self, sql: str, values: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()

    def run(self, sql: str, values: list[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount


# All by the primary key.
PLACE = "account_id = %s AND api_key_id = %s AND idempotency_key = %s"
BEGIN = """
INSERT INTO api_answer (account_id, api_key_id, idempotency_key, fingerprint, created_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
FINISH = """
INSERT INTO api_answer (account_id, api_key_id, idempotency_key, fingerprint, status, body, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (account_id, api_key_id, idempotency_key) DO UPDATE SET status = EXCLUDED.status, body = EXCLUDED.body
"""


def fingerprint(request: HttpRequest) -> bytes:
    """An HMAC under the installation's secret of method, path, query and body (of an upload: its parts)."""
    mac = salted_hmac("fairpost.api.repeat", "", secret=settings.SECRET_KEY, algorithm="sha256")
    for part in (request.method or "", request.path, request.META.get("QUERY_STRING", "")):
        mac.update(part.encode() + b"\0")
    if request.content_type != "multipart/form-data":
        mac.update(request.body)
        return mac.digest()
    for name, values in sorted(request.POST.lists()):
        mac.update(json.dumps([name, values]).encode())
    for name, upload in sorted(request.FILES.items()):
        mac.update(json.dumps([name, upload.name]).encode())
        for chunk in upload.chunks():
            mac.update(chunk)
        upload.seek(0)
    return mac.digest()


def running() -> HttpResponse:
    response = problem(
        409,
        _("A request with this Idempotency-Key is being worked on."),
        slug="in-progress",
        hint=_("Send it again in a moment; it then gets the same answer."),
    )
    response["Retry-After"] = "1"
    return response


def cut_short() -> HttpResponse:
    return problem(409, _("An earlier request with this Idempotency-Key was cut short."), hint=hint_after_crash())


def hint_after_crash() -> str:
    return _("It may have been carried out: look at the result, and use a new key if it is still to be done.")


def add_hint(response: HttpResponse, hint: str) -> None:
    document = json.loads(response.content)
    response.content = json.dumps({**document, "hint": hint}, ensure_ascii=False)


def forget_answers(before: datetime, held: Held) -> int:
    """Deletes what is older, by the index on age."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM api_answer WHERE created_at < %s AND account_id <> ALL(%s)", [before, held.numbers("account")]
        )
        return cursor.rowcount
