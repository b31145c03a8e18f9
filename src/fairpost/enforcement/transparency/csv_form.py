"""The transparency report as CSV: one figure a line, in the order of the parts of the yearly template."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from fairpost.enforcement.queries.transparency import TransparencyReport

COLUMNS = ("part", "indicator", "breakdown", "value")
# Parts of Annex I to Implementing Regulation (EU) 2024/2835, as far as an email service has figures for them.
PARTS = {
    "orders": "orders",
    "reports": "notices",
    "decided": "own_initiative_and_restrictions",
    "notices": "statements_of_reasons_to_senders",
    "appeals": "complaints",
    "campaigns": "held_mail",
    "periods": "elevated_risk",
}


def to_csv(report: TransparencyReport) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    writer.writerow(("period", "since", "", report.since.isoformat()))
    writer.writerow(("period", "until", "", report.until.isoformat()))
    writer.writerow(("period", "made_at", "", report.made_at.isoformat()))
    writer.writerow(("undisclosed", "entries", "", report.undisclosed_entries))
    for name, part in PARTS.items():
        for indicator, breakdown, value in rows(getattr(report, name)):
            writer.writerow((part, indicator, breakdown, "" if value is None else value))
    return out.getvalue()


def rows(figures: Any) -> Iterator[tuple[str, str, Any]]:
    for each in fields(figures):
        value = getattr(figures, each.name)
        if each.name == "cells":
            for cell in value:
                breakdown = f"{cell.kind} {cell.clause} {cell.source} {cell.detection} {cell.decision}"
                yield "measures_by_kind_clause_source_detection_decision", breakdown, cell.count
        elif isinstance(value, Mapping):
            for key, count in value.items():
                yield each.name, key, count
        else:
            yield each.name, "", value
