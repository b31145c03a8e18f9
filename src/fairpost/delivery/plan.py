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

from fairpost.delivery.canary import LATER

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


Part = tuple[int, int, BitMap, datetime]  # batch number, part number, members, when it is due


def write_batches(
    connection: Any, account_id: int, campaign_id: int, members: BitMap, now: datetime, first: BitMap | None = None
) -> int:
    """Writes the batches of a campaign through an autocommit psycopg connection. Returns how many there are.

    Where some are to be `first`, they are due now in parts of their own, and everybody else is due LATER.
    """
    with connection.transaction():
        forget_batches(connection, account_id, campaign_id)
    count = 0
    step: list[tuple[int, BitMap, list[Part]]] = []
    for number, members_of_it in slices(members):
        step.append((number, members_of_it, parts_of(number, members_of_it, now, first)))
        if len(step) == STEP:
            count += copy_step(connection, account_id, campaign_id, step)
            step = []
    return count + copy_step(connection, account_id, campaign_id, step)


def parts_of(number: int, members: BitMap, now: datetime, first: BitMap | None) -> list[Part]:
    """One part; two where some of a slice go first and some do not."""
    early = members if first is None else members & first
    parts = [(number, early, now), (number, members - early, LATER)]
    return [(number, place, part, due) for place, (_number, part, due) in enumerate(each for each in parts if each[1])]


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
    connection: Any, account_id: int, campaign_id: int, step: list[tuple[int, BitMap, list[Part]]]
) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(
            "COPY batch_audience (account_id, campaign_id, batch_no, size, members) FROM STDIN"
        ) as copy:
            for number, members, _parts in step:
                copy.write_row((account_id, campaign_id, number, len(members), members.serialize()))
        with cursor.copy(
            "COPY batch (account_id, campaign_id, batch_no, part, state, members, size, not_before) FROM STDIN"
        ) as copy:
            for _number, _members, parts in step:
                for number, place, part, due in parts:
                    part.run_optimize()
                    copy.write_row((account_id, campaign_id, number, place, "ready", part.serialize(), len(part), due))
    return len(step)
