"""The hash of a seal covers its place, the hash before it and every column of the event, in one fixed encoding.

hash = SHA-256 over the UTF-8 octets of a JSON array as RFC 8785 writes it: no blanks, each member a string or
null. Its members are LABEL, the sequence, the previous hash, the time of sealing, then the columns of the
event in the order of COLUMNS. Numbers are decimal, hashes hexadecimal in small letters, times UTC with
microseconds (2027-03-01T08:00:00.000000Z); `facts` is the text that PostgreSQL writes for the jsonb value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

LABEL = "fairpost audit chain 1"
START = bytes(32)  # what stands before the first seal
COLUMNS = (
    "id",
    "at",
    "actor_via",
    "actor_name",
    "actor_person_id",
    "actor_api_key_id",
    "act",
    "account_id",
    "subject",
    "commitment",
    "facts",
)
MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
# The event's columns as texts, for a row of audit_event named e.
TEXTS = f"""
e.id::text, to_char(e.at AT TIME ZONE 'UTC', '{MOMENT}'), e.actor_via, e.actor_name, e.actor_person_id::text,
e.actor_api_key_id::text, e.act, e.account_id::text, e.subject, encode(e.commitment, 'hex'), e.facts::text"""

Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Seal:
    """One link: `sealed_at` as text in the form above, `event_id` the event that it seals."""

    sequence: int
    event_id: int
    previous: bytes
    hash: bytes
    sealed_at: str


def seal_hash(sequence: int, previous: bytes, sealed_at: str, event: Texts) -> bytes:
    """The 32 octets for an event whose columns are given as texts."""
    members = [LABEL, str(sequence), previous.hex(), sealed_at, *event]
    return hashlib.sha256(json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()).digest()
