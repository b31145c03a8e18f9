"""A campaign as if it had been sent, for benches that read what came of it: audience and outcomes, made directly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from pyroaring import BitMap

TABLES = (
    "dispatch, batch, batch_audience, batch_outcome, relay_outcome, outcome_archive, outcome_count, audience_left_out,"
    " event, event_pack, event_members, event_day_members, event_hour, event_count, spool_offset, returned_class,"
    " donation, campaign_domains, domain_chunk"
)
# State, reason and its share of the audience; the rest is accepted.
OTHERS = (("failed", "unknown_user", 0.015), ("failed", "mailbox_full", 0.002), ("withheld", "unsubscribed", 0.01))
DELIVERED = 0.985  # of what was accepted, by one relay that tells it


def send(
    connection: Any, account_id: int, campaign_id: int, version_id: int, members: BitMap, at: datetime,
    *, state: str = "running", relay_id: int = 0,
) -> None:  # fmt: skip
    """The dispatch with its batches and outcomes, all done; with `relay_id` that relay told what it delivered."""
    from fairpost.delivery.plan import SHIFT, slices, write_batches

    connection.execute(
        "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
        " unit_id, sending_domain, audience_size, frozen_at, latest_at, finished_at)"
        " VALUES (%s, %s, %s, %s, 1, 1, %s, 1, 'bench.example', %s, %s, %s, %s)",
        [account_id, campaign_id, state, at, version_id, len(members), at, at, at if state == "finished" else None],
    )
    write_batches(connection, account_id, campaign_id, members, at)
    connection.execute(
        "UPDATE batch SET state = 'done', size = 0, members = %s WHERE account_id = %s AND campaign_id = %s",
        [BitMap().serialize(), account_id, campaign_id],
    )
    chance = np.random.default_rng(7)
    outcomes, told = [], []
    for number, part in slices(members):
        ordinals = np.frombuffer(part.to_array(), dtype=np.uint32)
        accepted = split(chance, ordinals, number, outcomes)
        outcomes.append((account_id, campaign_id, number, "accepted", "", *stored(accepted)))
        if relay_id:
            delivered = chance.random(len(accepted)) < DELIVERED
            for name, chosen in (("delivered", accepted[delivered]), ("bounced", accepted[~delivered])):
                told.append((account_id, campaign_id, number, relay_id, name, *stored(chosen)))
        assert int(ordinals[0]) >> SHIFT == number
    outcomes = [row if len(row) == 7 else (account_id, campaign_id, *row) for row in outcomes]
    copied(connection, "batch_outcome (account_id, campaign_id, batch_no, state, reason, size, members)", outcomes)
    copied(connection, "relay_outcome (account_id, campaign_id, batch_no, relay_id, state, size, members)", told)


def split(chance: Any, ordinals: np.ndarray, number: int, outcomes: list[Any]) -> np.ndarray:
    """Adds the rows of those that were not accepted, and returns the others."""
    drawn, below = chance.random(len(ordinals)), 0.0
    for state, reason, share in OTHERS:
        chosen = ordinals[(drawn >= below) & (drawn < below + share)]
        below += share
        if len(chosen):
            outcomes.append((number, state, reason, *stored(chosen)))
    return ordinals[drawn >= below]


def stored(ordinals: np.ndarray) -> tuple[int, bytes]:
    from fairpost.events.members import bitmap

    members = bitmap(ordinals)
    members.run_optimize()
    return len(members), members.serialize()


def copied(connection: Any, table: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def some_of(contacts: int, density: float) -> BitMap:
    """Each of so many contacts with this chance."""
    if density >= 1:
        return BitMap(range(1, contacts + 1))
    from fairpost.events.members import bitmap

    chosen = np.flatnonzero(np.random.default_rng(5).random(contacts) < density) + 1
    return bitmap(chosen.astype(np.uint32))


def size_of(connection: Any, tables: str) -> int:
    """Octets of these tables with their indexes, after what was deleted has been given back."""
    names = [each.strip() for each in tables.split(",")]
    for name in names:
        connection.execute(f"VACUUM {name}")
    return sum(connection.execute("SELECT pg_total_relation_size(%s)", [name]).fetchone()[0] for name in names)
