"""What one contact did, event by event, from the rows of the last day and from the packs of all before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from fairpost.events.packing.columns import unpack
from fairpost.events.packing.packs import from_rows, joined, time_of

# The rows of the last day are looked through; packs by the primary key's prefix, few of which are opened.
ROWS = """
SELECT campaign_id, ordinal, kind, machine, link, at FROM event
WHERE account_id = %s AND ordinal = %s AND (%s::integer IS NULL OR campaign_id = %s)
"""
PACKS = """
SELECT campaign_id, columns FROM event_pack
WHERE account_id = %s AND low <= %s AND high >= %s AND (%s::integer IS NULL OR campaign_id = %s)
"""


@dataclass(frozen=True, slots=True)
class SingleEvent:
    """One open or click. `kind` and `machine`: see fairpost.events.kinds; `link` -1 is none, -2 the unseen one."""

    campaign_id: int
    at: datetime
    kind: int
    machine: int
    link: int


def events_of(cursor: Any, account_id: int, ordinal: int, campaign_id: int | None = None) -> list[SingleEvent]:
    """What the contact did in one campaign, or in all of the account, in order of time."""
    campaign = [campaign_id, campaign_id]
    parts: dict[int, list[np.ndarray]] = {}
    cursor.execute(ROWS, [account_id, ordinal, *campaign])
    rows = cursor.fetchall()
    cursor.execute(PACKS, [account_id, ordinal, ordinal, *campaign])
    for number, columns in cursor.fetchall():
        events = unpack(bytes(columns))
        parts.setdefault(number, []).append(events[events["ordinal"] == ordinal])
    for number in {row[0] for row in rows}:
        parts.setdefault(number, []).append(from_rows(row[1:] for row in rows if row[0] == number))
    found = [
        SingleEvent(number, time_of(each["at"]), int(each["kind"]), int(each["machine"]), int(each["link"]))
        for number, of_campaign in parts.items()
        for each in joined(of_campaign)
    ]
    return sorted(found, key=lambda each: (each.at, each.campaign_id, each.kind, each.link))
