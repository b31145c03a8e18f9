"""Every subject has a data key of its own; where it is destroyed, all that it sealed is erased.

A subject whose key was destroyed gets a new one with the next value that is sealed for it: an erasure is of
what was kept until then. Two that write for a new subject at once may make two keys; both count, and neither
waits for the other.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from typing import Any

from django.db import connection

from fairpost.audit.vault import box
from fairpost.audit.vault.ring import installation_keyring
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

SUBJECT = re.compile(r"[a-z_]+:[A-Za-z0-9._-]{1,100}|installation")

# By subject_key_of.
LIVE = """
SELECT id, wrapped FROM subject_key WHERE subject = %s AND wrapped IS NOT NULL ORDER BY id LIMIT 1"""
LIVE_OF = """
SELECT DISTINCT ON (subject) subject, id, wrapped FROM subject_key
WHERE subject = ANY(%s) AND wrapped IS NOT NULL ORDER BY subject, id"""
MAKE = """
INSERT INTO subject_key (subject, lookup, wrapped, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id"""
# The lookup goes with the key: nothing then leads from a name to its pseudonym.
DESTROY = """
UPDATE subject_key SET wrapped = NULL, lookup = NULL, destroyed_at = %s
WHERE subject = %s AND wrapped IS NOT NULL"""


def seal_for(subject: str, plain: bytes, *, cursor: Any = None, clock: Clock = SYSTEM_CLOCK) -> bytes:
    """`plain` sealed under the subject's key, which is made where there is none.

    `subject` is noun:id, such as "person:12", or "installation". `cursor` is one of psycopg or Django where
    the caller has a transaction of its own. Raises ValueError for what is no subject, Unavailable without
    key ring.
    """
    if not SUBJECT.fullmatch(subject):
        raise ValueError(f"a subject is noun:id, not {subject!r}")
    with nullcontext(cursor) if cursor is not None else connection.cursor() as own:
        key_id, key = live_key(own, subject) or make_key(own, subject, clock.now())
    return box.seal(key_id, key, subject, plain)


def seal_many(values: Sequence[tuple[str, bytes]], *, clock: Clock = SYSTEM_CLOCK) -> list[bytes]:
    """(subject, plain) each sealed as by `seal_for`, with one look-up for all of them."""
    if wrong := [subject for subject, _plain in values if not SUBJECT.fullmatch(subject)]:
        raise ValueError(f"a subject is noun:id, not {wrong[0]!r}")
    with connection.cursor() as cursor:
        cursor.execute(LIVE_OF, [sorted({subject for subject, _plain in values})])
        keys = {subject: (number, unwrap(subject, wrapped)) for subject, number, wrapped in cursor.fetchall()}
        for subject, _plain in values:
            if subject not in keys:
                keys[subject] = make_key(cursor, subject, clock.now())
    return [box.seal(*keys[subject], subject, plain) for subject, plain in values]


def open_for(subject: str, sealed: bytes, *, cursor: Any = None) -> bytes | None:
    """What was sealed for this subject; None where its key is destroyed. Raises Invalid for what was altered."""
    key_id = box.key_of(sealed)
    with nullcontext(cursor) if cursor is not None else connection.cursor() as own:
        keys = data_keys(own, [key_id])
    if key_id not in keys:
        raise Invalid(
            _("The data key {id} of {subject} is missing or was altered.").format(id=key_id, subject=subject),
            hint=_("Restore the table subject_key from a backup, and the key ring that belongs to it."),
        )
    key = keys[key_id]
    return None if key is None else box.unseal(key, subject, sealed)


def destroy_key(subject: str, *, cursor: Any = None, clock: Clock = SYSTEM_CLOCK) -> int:
    """Destroys the subject's keys and says how many there were. Ask for legal holds first: `erase_subject` does."""
    with nullcontext(cursor) if cursor is not None else connection.cursor() as own:
        own.execute(DESTROY, [clock.now(), subject])
        return own.rowcount


def live_key(cursor: Any, subject: str) -> tuple[int, bytes] | None:
    cursor.execute(LIVE, [subject])
    row = cursor.fetchone()
    return (row[0], unwrap(subject, row[1])) if row else None


def make_key(cursor: Any, subject: str, now: datetime, lookup: bytes | None = None) -> tuple[int, bytes] | None:
    """A fresh key; None where the lookup has one by now (without lookup that cannot be)."""
    key = secrets.token_bytes(box.KEY)
    wrapped = installation_keyring().encrypt(key, context_of(subject))
    cursor.execute(MAKE, [subject, lookup, wrapped, now])
    row = cursor.fetchone()
    return (row[0], key) if row else None


def data_keys(cursor: Any, ids: Iterable[int]) -> dict[int, bytes | None]:
    """The keys with these ids, None for destroyed ones; one that is missing or cannot be unwrapped is left out."""
    cursor.execute("SELECT id, subject, wrapped FROM subject_key WHERE id = ANY(%s)", [list(ids)])
    found: dict[int, bytes | None] = {}
    for key_id, subject, wrapped in cursor.fetchall():
        with suppress(Invalid):
            found[key_id] = None if wrapped is None else unwrap(subject, wrapped)
    return found


def unwrap(subject: str, wrapped: bytes) -> bytes:
    return installation_keyring().decrypt(bytes(wrapped), context_of(subject))


def context_of(subject: str) -> bytes:
    """What binds a wrapped key to its subject."""
    return f"vault:{subject}".encode()
