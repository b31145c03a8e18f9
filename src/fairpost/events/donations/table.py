"""A report as one table: figures by currency first, then each part, and how donations are attributed above all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from fairpost.contacts.actions.export_contacts import harmless
from fairpost.events.queries.donation_report import DonationReport, Figures, Part

OF_CURRENCY = tuple(name for name in Figures.__dataclass_fields__ if name != "currency")
COLUMNS = ("section", "of", "name", "currency", *OF_CURRENCY)


def report_rows(report: DonationReport) -> Iterator[list[Any]]:
    """The heading, then rows; cells that have no meaning in a row are empty."""
    yield list(COLUMNS)
    yield row("window", ", ".join(map(str, report.window_days)), report.window)
    yield row("mails", str(report.mails))
    if report.waiting is not None:
        yield row("waiting", str(report.waiting))
    for each in report.currencies:
        yield row("total", **asdict(each))
    for section, parts in (
        ("participant", report.by_participant),
        ("campaign", report.by_campaign),
        ("hour", report.by_hour),
        ("not_attributed", report.not_attributed),
    ):
        for part in parts:
            yield row(section, part.of, part.name, **figures_of(part))


def figures_of(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("currency", "gifts", "raised", "net")}


def row(section: str, of: str = "", name: str = "", **figures: Any) -> list[Any]:
    named = {"section": section, "of": of, "name": harmless(name), **figures}
    return ["" if named.get(each) is None else named[each] for each in COLUMNS]
