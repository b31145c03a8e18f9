"""What was stated is kept as it was stated; the same statement again is known by its content and changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from fairpost.events.donations.lines import DonationLine, Line

DONATION = "donation"
DIGEST_OCTETS = 16


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of donation_event. `reason` says why the reference names no recipient, empty where it does.

    `donor` is the keyed hash of whoever gave it; the digest is over everything a platform stated, that hash included.
    """

    platform: str
    order_id: str
    line_item: str
    kind: str
    event_id: str
    digest: bytes
    at: datetime
    amount: int | None
    currency: str
    receiver: str
    designated: str
    reference: str
    campaign_id: int | None
    ordinal: int | None
    reason: str
    recurring: bool
    plan: str
    sequence: int | None
    donor: bytes | None

    @property
    def order(self) -> tuple[str, str]:
        return self.platform, self.order_id


COLUMNS = tuple(each.name for each in fields(Statement))
TYPES = ("text", "text", "text", "text", "text", "bytea", "timestamptz", "bigint", "text", "text", "text", "text",
         "integer", "integer", "text", "boolean", "text", "integer", "bytea")  # fmt: skip

# By the primary key.
ADD = f"""
    INSERT INTO donation_event (account_id, {", ".join(COLUMNS)}, source, taken_at)
    SELECT %s, t.*, %s, %s FROM unnest({", ".join(f"%s::{each}[]" for each in TYPES)}) AS t
    ON CONFLICT DO NOTHING RETURNING platform, order_id, line_item, kind, event_id, digest"""
# By the primary key's prefix.
OF_ORDERS = f"""
    SELECT {", ".join(COLUMNS)} FROM donation_event
    WHERE account_id = %s AND (platform, order_id) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""


def add_statements(
    cursor: Any, account_id: int, statements: Sequence[Statement], source: str, now: datetime
) -> list[Statement]:
    """Keeps those that are new, in the caller's transaction, and returns them."""
    once = {key_of(each): each for each in statements}
    if not once:
        return []
    columns = [list(column) for column in zip(*(astuple(each) for each in once.values()), strict=True)]
    cursor.execute(ADD, [account_id, source, now, *columns])
    return [once[(*row[:5], bytes(row[5]))] for row in cursor.fetchall()]


def statements_of(cursor: Any, account_id: int, orders: Collection[tuple[str, str]]) -> list[Statement]:
    """Everything stated of these orders, each a (platform, order)."""
    cursor.execute(OF_ORDERS, [account_id, [each[0] for each in orders], [each[1] for each in orders]])
    return [Statement(*plain(row)) for row in cursor.fetchall()]


def plain(row: tuple[Any, ...]) -> list[Any]:
    return [bytes(each) if isinstance(each, memoryview) else each for each in row]


def key_of(statement: Statement) -> tuple[str, str, str, str, str, bytes]:
    return (
        statement.platform, statement.order_id, statement.line_item, statement.kind, statement.event_id,
        statement.digest,
    )  # fmt: skip


def state(line: Line, campaign_id: int | None, ordinal: int | None, reason: str, donor: bytes | None) -> Statement:
    """The statement that a checked line makes, with what its reference says and its donor's hash."""
    told = getattr
    kept: dict[str, Any] = {
        "platform": line.platform,
        "order_id": line.order_id,
        "line_item": line.line_item,
        "kind": DONATION if isinstance(line, DonationLine) else line.kind,
        "event_id": told(line, "event_id", ""),
        "at": line.at,
        "amount": line.amount,
        "currency": line.currency,
        "receiver": line.receiver if line.receiver is not None else UNSAID,
        "designated": line.designated if line.designated is not None else UNSAID,
        "reference": kept_reference(told(line, "reference", "")),
        "recurring": told(line, "recurring", False),
        "plan": told(line, "plan", ""),
        "sequence": told(line, "sequence", None),
        "donor": donor,
    }
    return Statement(**kept, digest=digest(kept), campaign_id=campaign_id, ordinal=ordinal, reason=reason)


def kept_reference(reference: str) -> str:
    """As it was given; a mail address that somebody typed there is not kept."""
    return "" if "@" in reference else reference


# In a change, for what it leaves as it is; no text that is taken in holds a control character.
UNSAID = "\t"


def digest(kept: dict[str, Any]) -> bytes:
    """The first half of SHA-256 over the statement as JSON with sorted keys."""
    told = {**kept, "at": kept["at"].isoformat(), "donor": kept["donor"] and kept["donor"].hex()}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()[:DIGEST_OCTETS]
