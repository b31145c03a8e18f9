"""Takes in a platform's export; done again, or after it was cut short, it adds what is not there and nothing twice."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from fairpost.contacts.actions.export_contacts import harmless
from fairpost.events.actions.take_donations import MOST, RefusedLine, refusal
from fairpost.events.actions.take_stated import take_stated
from fairpost.events.donations.csv_file import opened
from fairpost.events.donations.reading import Reading
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.tenants.authorise import authorise

SHOWN = 100
Row = tuple[int, dict[str, str] | Invalid]


@dataclass(slots=True)
class ImportedDonations:
    """Counts, the columns that were left out, and the first hundred refused rows by their lines in the file."""

    file_name: str
    rows: int = 0
    added: int = 0
    already: int = 0
    differing: int = 0
    refused: int = 0
    rejects_file: str = ""
    left_out: tuple[str, ...] = ()
    first_refused: list[RefusedLine] = field(default_factory=list)


def import_donations(
    *,
    actor: Actor,
    account_id: int,
    path: Path,
    rejects: Path,
    columns: Mapping[str, str] | None = None,
    reading: Reading | None = None,
    encoding: str = "",
    delimiter: str = "",
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ImportedDonations:
    """Takes a thousand rows at a time, each thousand in a transaction. What is refused goes into `rejects` (CSV: line,
    order, what is wrong and where; never a card's number), which is not made where nothing is."""
    authorise(actor, "donation.write", account_id=account_id, act="donation.take")
    with opened(path, columns or {}, encoding, delimiter) as sheet:
        done = ImportedDonations(path.name, left_out=sheet.left_out)
        rows = sheet.rows()
        while some := list(islice(rows, MOST)):
            refused = take_some(done, some, actor, account_id, reading, reason, clock)
            if refused:
                write_rejects(rejects, refused, first=not done.rejects_file)
                done.rejects_file = str(rejects)
                done.first_refused += refused[: SHOWN - len(done.first_refused)]
    return done


def take_some(
    done: ImportedDonations,
    some: list[Row],
    actor: Actor,
    account_id: int,
    reading: Reading | None,
    reason: str | None,
    clock: Clock,
) -> list[RefusedLine]:
    """Adds to the counts, and returns the refused with their lines in the file."""
    broken = [refusal(line, "", values) for line, values in some if isinstance(values, Invalid)]
    whole = [(line, values) for line, values in some if not isinstance(values, Invalid)]
    taken = take_stated(
        actor=actor,
        account_id=account_id,
        rows=[values for _line, values in whole],
        source=f"csv:{done.file_name[:150]}",
        reading=reading,
        reason=reason,
        clock=clock,
    )
    done.rows += len(some)
    done.added += taken.added
    done.already += taken.already
    done.differing += taken.differing
    done.refused += len(broken) + len(taken.refused)
    lines = [RefusedLine(whole[each.row][0], each.order_id, each.field, each.reason) for each in taken.refused]
    return sorted(broken + lines, key=lambda each: each.row)


def write_rejects(path: Path, refused: list[RefusedLine], *, first: bool) -> None:
    with path.open("w" if first else "a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if first:
            writer.writerow(["line", "order_id", "field", "reason"])
        writer.writerows(cells(refused))


def cells(refused: list[RefusedLine]) -> Iterator[list[Any]]:
    for each in refused:
        yield [each.row, harmless(each.order_id), each.field, each.reason]
