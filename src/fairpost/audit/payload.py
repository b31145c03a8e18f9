"""What is personal in an event is sealed beside it, and the event holds a commitment that tells nothing alone.

The payload is a JSON object with `salt` (32 random octets in hexadecimal) and, where there is one, `reason`
and `name` (the user name of who acted at the machine's command line). The commitment is SHA-256 over LABEL
and the octets of that object. Without the salt it can be neither opened nor guessed, and the salt is erased
with the rest.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.audit.vault import box
from fairpost.audit.vault.keys import data_keys, live_key, make_key
from fairpost.audit.vault.operators import operator_subject
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid

LABEL = b"fairpost audit payload 1\n"
INSTALLATION = "installation"
# By the primary key.
READ = "SELECT event_id, subject, sealed FROM audit_payload WHERE event_id = ANY(%s)"
WRITE = "INSERT INTO audit_payload (event_id, subject, sealed) VALUES (%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Payload:
    """`subject` is whose key seals it, `plain` the octets that the commitment is about."""

    subject: str
    plain: bytes
    sealed: bytes

    @property
    def commitment(self) -> bytes:
        return commitment(self.plain)


@dataclass(frozen=True, slots=True)
class Opened:
    """A payload as it is now: `plain` is None where it is erased, and where it was altered."""

    subject: str
    plain: bytes | None
    altered: bool = False

    @property
    def content(self) -> Mapping[str, str]:
        return json.loads(self.plain) if self.plain else {}


def commitment(plain: bytes) -> bytes:
    return hashlib.sha256(LABEL + plain).digest()


def make_payload(
    cursor: Any, actor: Actor, account_id: int | None, reason: str | None, now: datetime
) -> Payload | None:
    """The payload of an event, None where nothing in it is personal."""
    content = {"reason": reason} if reason is not None else {}
    if is_local_operator(actor):
        subject, key_id, key = operator_subject(cursor, actor.name, now)
        content["name"] = actor.name
    else:
        subject = subject_of(actor, account_id)
        if not content:
            return None
        key_id, key = live_key(cursor, subject) or make_key(cursor, subject, now)
    plain = json.dumps({"salt": secrets.token_hex(32), **content}, ensure_ascii=False, sort_keys=True).encode()
    return Payload(subject, plain, box.seal(key_id, key, subject, plain))


def is_local_operator(actor: Actor) -> bool:
    """Whose name is a user name of the machine; other actors without person and key are named after a part."""
    return actor.via == "cli" and actor.person_id is None and actor.api_key_id is None


def subject_of(actor: Actor, account_id: int | None) -> str:
    """Who wrote the reason: the person, else the account."""
    if actor.person_id is not None:
        return f"person:{actor.person_id}"
    account_id = actor.account_id or account_id
    return f"account:{account_id}" if account_id is not None else INSTALLATION


def keep_payload(cursor: Any, event_id: int, payload: Payload) -> None:
    cursor.execute(WRITE, [event_id, payload.subject, payload.sealed])


def open_payloads(
    cursor: Any, event_ids: Iterable[int], keys: dict[int, bytes | None] | None = None
) -> dict[int, Opened]:
    """The payloads of these events by event id; `keys` holds data keys between calls. Needs the key ring."""
    cursor.execute(READ, [list(event_ids)])
    rows = [(event_id, subject, bytes(sealed)) for event_id, subject, sealed in cursor.fetchall()]
    keys = {} if keys is None else keys
    keys.update(data_keys(cursor, {key_number(sealed) for _event, _subject, sealed in rows} - keys.keys()))
    return {event_id: opened(subject, sealed, keys) for event_id, subject, sealed in rows}


def opened(subject: str, sealed: bytes, keys: Mapping[int, bytes | None]) -> Opened:
    key_id = key_number(sealed)
    if key_id not in keys:
        return Opened(subject, None, altered=True)
    key = keys[key_id]
    if key is None:
        return Opened(subject, None)
    try:
        return Opened(subject, box.unseal(key, subject, sealed))
    except Invalid:
        return Opened(subject, None, altered=True)


def key_number(sealed: bytes) -> int:
    """The id of the data key, 0 for what nobody sealed."""
    try:
        return box.key_of(sealed)
    except Invalid:
        return 0
