"""A report as one table: what is printed, written as CSV and put beside each chart."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from fairpost.contacts.actions.export_contacts import harmless
from fairpost.events.queries.cadence import Cadence, Interval
from fairpost.events.queries.results import Deed, Results
from fairpost.events.queries.results_by_domain import DomainResult, DomainResults
from fairpost.events.queries.results_by_link import LinkResult
from fairpost.events.queries.results_over_time import Moment
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by their names for machines; cells are texts, numbers, times or None."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def write_csv(table: Table, out: TextIO) -> None:
    """The table as CSV (RFC 4180); a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([harmless(text_of(cell)) for cell in row] for row in table.rows)


def text_of(cell: Any) -> Any:
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return "" if cell is None else cell


def results_table(found: Results) -> Table:
    """One measure a row: how many, of how many, the share, and how often."""
    rows: list[tuple[Any, ...]] = [(name, getattr(found, name), None, None, None) for name in (
        "campaigns", "audience", "pending", "accepted", "deferred", "withheld", "failed", "in_doubt", "unknown",
        "returned", "delivered",
    )]  # fmt: skip
    for name in ("opened", "clicked", "unsubscribed", "complained"):
        deed: Deed = getattr(found, name)
        share = deed.people / found.delivered if found.delivered else None
        rows.append((name, deed.people, found.delivered, rounded(share), deed.total))
    for name in ("opened", "clicked"):
        deed = getattr(found, name)
        rows.append((f"machine_{name}", deed.machine_people, None, None, deed.machine_total))
    rows += [(f"{each.state}: {each.reason}", each.recipients, None, None, None) for each in found.reasons]
    for each in found.bounces:
        how = "at_once" if each.by_relay else "later"
        rows.append((f"{each.kind} {how}: {each.cls}", each.recipients, None, None, None))
    for money in found.donated or ():
        rows.append((f"raised {money.currency}", money.raised, None, None, money.gifts))
        rows.append((f"net {money.currency}", money.net, None, None, None))
        rows.append((f"donors {money.currency}", money.donors, None, None, None))
    return Table(_("Results"), ("measure", "count", "of", "share", "times"), tuple(rows))


def links_table(found: Sequence[LinkResult]) -> Table:
    rows = (
        (each.link, each.url, each.donation, each.clicked.people, each.clicked.total, each.clicked.machine_people,
         each.clicked.machine_total)
        for each in found
    )  # fmt: skip
    columns = ("link", "url", "donation", "people", "clicks", "machine_people", "machine_clicks")
    return Table(_("Clicks by link"), columns, tuple(rows))


def time_table(found: Sequence[Moment]) -> Table:
    return of_records(_("What came back, over time"), found, Moment)


def domains_table(found: DomainResults) -> Table:
    return of_records(_("Results by domain"), found.rows, DomainResult)


def cadence_table(found: Cadence) -> Table:
    return of_records(_("Campaigns over time"), found.intervals, Interval)


def of_records(title: str, records: Iterable[Any], kind: type) -> Table:
    return Table(title, tuple(kind.__slots__), tuple(tuple(asdict(each).values()) for each in records))


def rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
