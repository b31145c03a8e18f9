"""Sign-ups that wait for their confirmation: kept, posted one by one, and forgotten after seven days."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from fairpost.audit.holds import Held
from fairpost.kernel.errors import NotFound

LEASE = timedelta(minutes=5)

INSERT = """
    INSERT INTO signup_request
        (account_id, form_id, canonical, address, attributes, text_version, not_before, requested_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
# By the index signup_request_due: which accounts have something to post.
SELECT_ACCOUNTS = "SELECT DISTINCT account_id FROM signup_request WHERE state = 'new' AND not_before <= %s LIMIT 100"
# The lease is the time before which nobody else takes it; whoever dies leaves it to the next.
CLAIM = """
    UPDATE signup_request AS r SET not_before = %s, attempts = attempts + 1
    FROM (SELECT id FROM signup_request WHERE account_id = %s AND state = 'new' AND not_before <= %s
          ORDER BY not_before, id LIMIT %s FOR UPDATE SKIP LOCKED) AS due
    WHERE r.account_id = %s AND r.id = due.id AND r.state = 'new'
    RETURNING r.id, r.form_id, r.address, r.text_version, r.attempts, r.requested_at"""
# All by the primary key.
SETTLE = "UPDATE signup_request SET state = %s WHERE account_id = %s AND id = %s AND state = 'new'"
PUT_OFF = "UPDATE signup_request SET not_before = %s WHERE account_id = %s AND id = %s AND state = 'new'"
SELECT_ONE = """
    SELECT form_id, canonical, address, attributes::text, text_version, requested_at FROM signup_request
    WHERE account_id = %s AND id = %s {lock}"""
DELETE_ONE = "DELETE FROM signup_request WHERE account_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class SignupRequest:
    """Somebody typed this address into a form; whether it was its owner nobody knows yet."""

    account_id: int
    id: int
    form_id: int
    canonical: str
    address: str
    attributes: Mapping[str, Any]
    text_version: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A request whose mail is to be posted now, leased to the caller for five minutes."""

    account_id: int
    id: int
    form_id: int
    address: str
    text_version: str
    attempts: int
    requested_at: datetime


def keep_request(
    account_id: int,
    form_id: int,
    canonical: str,
    address: str,
    attributes: Mapping[str, Any],
    text_version: str,
    now: datetime,
) -> None:
    with connection.cursor() as cursor:
        values = [account_id, form_id, canonical, address, json.dumps(attributes), text_version, now, now]
        cursor.execute(INSERT, values)


def claim_requests(now: datetime, most: int) -> list[ToConfirm]:
    """At most so many that are due, of several accounts."""
    found: list[ToConfirm] = []
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ACCOUNTS, [now])
        for (account_id,) in cursor.fetchall():
            cursor.execute(CLAIM, [now + LEASE, account_id, now, most - len(found), account_id])
            found += [ToConfirm(account_id, *row) for row in cursor.fetchall()]
            if len(found) >= most:
                break
    return found


def settle_request(account_id: int, request_id: int, state: str) -> None:
    """`posted` or `failed`; compare and set."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [state, account_id, request_id])


def put_off_request(account_id: int, request_id: int, until: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, [until, account_id, request_id])


def request_of(account_id: int, request_id: int, *, lock: bool = False) -> SignupRequest:
    """Raises `NotFound`, without words, where it was confirmed or forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ONE.format(lock="FOR UPDATE" if lock else ""), [account_id, request_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("")
    form_id, canonical, address, attributes, text_version, requested_at = row
    return SignupRequest(
        account_id, request_id, form_id, canonical, address, json.loads(attributes), text_version, requested_at
    )


def drop_request(account_id: int, request_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DELETE_ONE, [account_id, request_id])


def forget_requests(before: datetime, held: Held) -> int:
    """Deletes some thousand that nobody confirmed in time; by the index signup_request_age."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signup_request WHERE (account_id, id) IN (SELECT account_id, id FROM signup_request"
            " WHERE requested_at < %s AND account_id <> ALL(%s) LIMIT 5000)",
            [before, held.numbers("account")],
        )
        return cursor.rowcount
