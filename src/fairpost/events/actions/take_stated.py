"""Takes in donations as a program or file states them: what can be read is taken, the rest refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fairpost.events.actions.take_donations import MOST, RefusedLine, Taken, refusal, take_donations
from fairpost.events.donations.lines import Line
from fairpost.events.donations.reading import Reading, read_line
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def take_stated(
    *,
    actor: Actor | None = None,
    account_id: int,
    rows: Sequence[Mapping[str, Any]],
    source: str,
    reading: Reading | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Taken:
    """At most 1,000 rows, each with the members of docs/reference/donations.md; else as `take_donations`."""
    if len(rows) > MOST:
        raise Invalid(_("Give at most {most} lines at once; more come as a file.").format(most=MOST), field="lines")
    places, lines, refused = read_rows(rows, reading)
    taken = take_donations(
        actor=actor, account_id=account_id, lines=lines, source=source, reason=reason, clock=clock
    )
    later = [replace(each, row=places[each.row]) for each in taken.refused]
    return replace(taken, refused=tuple(sorted([*refused, *later], key=lambda each: each.row)))


def read_rows(
    rows: Sequence[Mapping[str, Any]], reading: Reading | None
) -> tuple[list[int], list[Line], list[RefusedLine]]:
    """The place and line of each row that can be read, and the others."""
    places, lines, refused = [], [], []
    for place, row in enumerate(rows):
        try:
            lines.append(read_line(row, reading))
            places.append(place)
        except Invalid as error:
            refused.append(refusal(place, str(row.get("order_id") or ""), error))
    return places, lines, refused
