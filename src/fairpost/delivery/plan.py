"""Cuts a frozen audience into batches of 4,096 ordinals and writes them in bounded transactions.

The bitmap is the only thing in memory: 20 million recipients are some 2.5 MB, and their batches go out by COPY in
steps. Everything is written under state `planning`, in which no sender leases; a plan that was cut short is taken away
and made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pyroaring import BitMap

SHIFT = 12
SPAN = 1 << SHIFT  # ordinals per batch
STEP = 512  # batches per transaction


def slices(members: BitMap) -> Iterator[tuple[int, BitMap]]:
    """(batch number, members) of each range of 4,096 ordinals that holds anybody, in order."""
    if not members:
        return
    start = members.min()
    while True:
        number = start >> SHIFT
        part = BitMap.__and__(members, BitMap(range(number << SHIFT, (number + 1) << SHIFT)))
        part.run_optimize()
        yield number, part
        try:
            start = members.next_set_bit((number + 1) << SHIFT)
        except ValueError:
            return


def write_batches(connection: Any, account_id: int, campaign_id: int, members: BitMap, now: datetime) -> int:
    """Writes the batches of a campaign through an autocommit psycopg connection. Returns how many there are."""
    with connection.transaction():
        forget_batches(connection, account_id, campaign_id)
    count = 0
    step: list[tuple[int, int, bytes]] = []
    for number, part in slices(members):
        step.append((number, len(part), part.serialize()))
        if len(step) == STEP:
            count += copy_step(connection, account_id, campaign_id, step, now)
            step = []
    return count + copy_step(connection, account_id, campaign_id, step, now)


def forget_batches(cursor: Any, account_id: int, campaign_id: int) -> None:
    """Takes away the plan of a campaign that was not opened, in the caller's transaction."""
    for table in ("batch", "batch_audience", "batch_outcome", "audience_left_out"):
        cursor.execute(f"DELETE FROM {table} WHERE account_id = %s AND campaign_id = %s", [account_id, campaign_id])


def write_left_out(connection: Any, account_id: int, campaign_id: int, left_out: Mapping[str, BitMap]) -> None:
    """Keeps who was selected and left out, so that the question why somebody got nothing has an answer."""
    for reason, members in left_out.items():
        members.run_optimize()
        connection.execute(
            "INSERT INTO audience_left_out (account_id, campaign_id, reason, members) VALUES (%s, %s, %s, %s)",
            [account_id, campaign_id, reason, members.serialize()],
        )


def copy_step(
    connection: Any, account_id: int, campaign_id: int, step: list[tuple[int, int, bytes]], now: datetime
) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(
            "COPY batch_audience (account_id, campaign_id, batch_no, size, members) FROM STDIN"
        ) as copy:
            for number, size, members in step:
                copy.write_row((account_id, campaign_id, number, size, members))
        with cursor.copy(
            "COPY batch (account_id, campaign_id, batch_no, part, state, members, size, not_before) FROM STDIN"
        ) as copy:
            for number, size, members in step:
                copy.write_row((account_id, campaign_id, number, 0, "ready", members, size, now))
    return len(step)
