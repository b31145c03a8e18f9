"""What a contact got from a campaign, and if not, why not: one batch is read, through its range of ordinals."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from pyroaring import BitMap

from fairpost.delivery.archive.batches import batch_states, next_batch
from fairpost.delivery.plan import SHIFT
from fairpost.engine.journal.record import STATES, Kind, parse

# By the primary key's prefix.
SEGMENTS = """
SELECT records FROM journal_segment WHERE account_id = %s AND campaign_id = %s AND batch_no = %s
ORDER BY folded_at, position
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as the journal has it: time, relay, what the relay said."""

    at: datetime
    state: str
    relay_id: int
    code: int
    enhanced: str
    reply: str


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """The one state that a recipient of a campaign is in, and its attempts of the last 30 days."""

    ordinal: int
    campaign_id: int
    state: str
    reason: str
    attempts: tuple[Attempt, ...]


def recipient_outcome(account_id: int, campaign_id: int, ordinal: int) -> RecipientOutcome | None:
    """What became of one contact in one campaign; None where it is not in the frozen audience."""
    number = ordinal >> SHIFT
    with connection.cursor() as cursor:
        found = batch_states(cursor, account_id, campaign_id, number)
        if found is None or ordinal not in found.audience:
            return None
        state, reason = next((key for key, members in found.states.items() if ordinal in members), ("pending", ""))
        cursor.execute(SEGMENTS, [account_id, campaign_id, number])
        attempts = tuple(sorted(attempts_in(cursor.fetchall(), ordinal), key=lambda each: each.at))
    return RecipientOutcome(ordinal, campaign_id, state, reason, attempts)


def addresses_of_test(account_id: int, campaign_id: int) -> dict[int, tuple[str, str]]:
    """(address, canonical form) of everybody of a test by ordinal: a test's ordinals are its own, not the contacts'."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, address, canonical FROM test_recipient WHERE account_id = %s AND campaign_id = %s",
            [account_id, campaign_id],
        )
        return {ordinal: (address, canonical) for ordinal, address, canonical in cursor.fetchall()}


def left_out_reason(account_id: int, campaign_id: int, ordinal: int) -> str:
    """Why somebody is not in the frozen audience: excluded, suppressed, dead_domain, or else not_selected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, members FROM audience_left_out WHERE account_id = %s AND campaign_id = %s",
            [account_id, campaign_id],
        )
        for reason, members in cursor.fetchall():
            if ordinal in BitMap.deserialize(bytes(members)):
                return reason
    return "not_selected"


def attempts_in(segments: list[Any], ordinal: int) -> Iterator[Attempt]:
    for (packed,) in segments:
        rows = parse(zlib.decompress(bytes(packed)))
        mine = rows[rows["ordinal"] == ordinal]
        texts: list[bytes] = []
        for row in mine[::-1]:  # from behind: the rest of a text follows its record
            if row["kind"] == Kind.CONTINUED:
                texts.append(bytes(row["text"]))
                continue
            text = bytes(row["text"]) + b"".join(reversed(texts))
            texts = []
            yield attempt(row, text.decode(errors="replace"))


def attempt(row: Any, text: str) -> Attempt:
    digits = [int(each) for each in row["enhanced"]]
    return Attempt(
        at=datetime.fromtimestamp(float(row["at"]), UTC),
        state=STATES[int(row["state"])],
        relay_id=int(row["relay"]),
        code=int(row["code"]),
        enhanced=".".join(map(str, digits)) if any(digits) else "",
        reply=text.partition("\n")[2],
    )


def recipients_in_state(
    account_id: int, campaign_id: int, state: str, after: int, limit: int
) -> list[tuple[int, str]]:
    """(ordinal, reason) of recipients in one state, in order of ordinals, from the one behind `after` on.

    `pending` are those of the audience that no outcome row names.
    """
    found: list[tuple[int, str]] = []
    number = (after + 1) >> SHIFT
    with connection.cursor() as cursor:
        while len(found) < limit:
            number = next_batch(cursor, account_id, campaign_id, number)
            if number < 0:
                break
            rows = state_in_batch(cursor, account_id, campaign_id, number, state)
            found.extend(each for each in rows if each[0] > after)
            number += 1
    return found[:limit]


def state_in_batch(
    cursor: Any, account_id: int, campaign_id: int, number: int, state: str
) -> list[tuple[int, str]]:
    found = batch_states(cursor, account_id, campaign_id, number)
    if found is None:
        return []
    if state != "pending":
        return sorted((ordinal, r) for (s, r), members in found.states.items() if s == state for ordinal in members)
    return [(ordinal, "") for ordinal in found.audience.difference(*found.states.values())]
