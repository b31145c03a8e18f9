"""The seals of a stretch of the chain with the events that were asked for, as lines of JSON in order.

What was not asked for is there as its hash only, so that the links from one event to the next can be
followed, and up to the published head behind the last one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.audit.chain.encoding import COLUMNS, MOMENT, TEXTS
from fairpost.audit.payload import open_payloads
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _

PAGE = 2000
WANTED = """
(%(account_id)s::bigint IS NULL OR e.account_id = %(account_id)s)
AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s)"""
STRETCH = f"""
SELECT min(s.sequence), max(s.sequence), count(*) FROM audit_seal s JOIN audit_event e ON e.id = s.event_id
WHERE {WANTED}"""
# The whole chain is told to its end, also where the events at its end are gone.
WHOLE = "SELECT min(sequence), max(sequence), count(*) FROM audit_seal"
ANCHOR = "SELECT min(sequence) FROM audit_head WHERE sequence >= %s"
# By both primary keys, page by page.
SEALS = f"""
SELECT s.sequence, s.event_id, s.previous, s.hash, to_char(s.sealed_at AT TIME ZONE 'UTC', '{MOMENT}'),
       coalesce({WANTED}, true), {TEXTS}
FROM audit_seal s LEFT JOIN audit_event e ON e.id = s.event_id
WHERE s.sequence > %(after)s AND s.sequence <= %(last)s ORDER BY s.sequence LIMIT {PAGE}"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events: of one account or all, recorded from `since` until before `until`."""

    account_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def values(self) -> dict[str, Any]:
        return {"account_id": self.account_id, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The sequences from `first` to `last` hold `events` that were asked for."""

    first: int
    last: int
    events: int


def stretch(cursor: Any, choice: Choice) -> Stretch:
    """Raises NotFound where no sealed event is of this choice."""
    everything = choice == Choice()
    cursor.execute(WHOLE if everything else STRETCH, choice.values())
    first, last, events = cursor.fetchone()
    if not events:
        raise NotFound(_("No sealed event is of this choice: there is nothing to export."))
    cursor.execute(ANCHOR, [last])
    anchor = cursor.fetchone()[0]
    return Stretch(first, last if everything or anchor is None else anchor, events)


def lines(cursor: Any, choice: Choice, part: Stretch, reasons: bool) -> Iterator[str]:
    """One line for each seal; with `reasons` the payloads that are not erased lie beside their events."""
    after = part.first - 1
    keys: dict[int, bytes | None] = {}
    while after < part.last:
        cursor.execute(SEALS, {**choice.values(), "after": after, "last": part.last})
        rows = cursor.fetchall()
        if not rows:
            return
        payloads = open_payloads(cursor, [row[1] for row in rows if row[5]], keys) if reasons else {}
        for sequence, event_id, previous, digest, sealed_at, wanted, *texts in rows:
            line: dict[str, Any] = {"sequence": sequence, "hash": bytes(digest).hex()}
            if wanted:
                line |= {"previous": bytes(previous).hex(), "sealed_at": sealed_at, "event": event_of(texts)}
            if event_id in payloads:
                plain = payloads[event_id].plain
                line["payload"] = plain.decode() if plain is not None else None
            yield json.dumps(line)  # ASCII: some readers take U+2028 for the end of a line
        after = rows[-1][0]


def event_of(texts: list[str | None]) -> dict[str, str | None] | None:
    """The columns as they enter the hash; None where the event is gone from the record."""
    return None if texts[0] is None else dict(zip(COLUMNS, texts, strict=True))
