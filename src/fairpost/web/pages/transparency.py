"""`/transparency`: the figures of every finished year, for everybody, as a page, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fairpost.enforcement.queries.transparency import TransparencyReport, yearly_report, years
from fairpost.enforcement.transparency.csv_form import to_csv
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _, mark
from fairpost.web.errors import not_found
from fairpost.web.render import rendered

HEADINGS = {
    "orders": mark("Orders of courts and authorities"),
    "notices": mark("Reports from outside"),
    "own_initiative_and_restrictions": mark("Decisions and measures"),
    "statements_of_reasons_to_senders": mark("Notices to senders"),
    "complaints": mark("Appeals"),
    "held_mail": mark("Held campaigns"),
    "elevated_risk": mark("Periods of elevated risk"),
}


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """The years that have a report, the latest first."""
    return rendered(
        request,
        "transparency.html",
        title=_("Transparency reports"),
        text=_("What was restricted here, why, how often we were wrong, and how fast people were told."),
        years=sorted(years(), reverse=True),
        none=_("The first report comes when the year is over."),
    )


@require_safe
def year(request: HttpRequest, name: str) -> HttpResponse:
    """2026, 2026.json or 2026.csv; nothing for a year that is not over."""
    number, dot, form = name.partition(".")
    if len(number) != 4 or not number.isascii() or not number.isdecimal() or (dot and form not in ("json", "csv")):
        return not_found(request)
    try:
        report = yearly_report(int(number))
    except NotFound:
        return not_found(request)
    if form == "json":
        text = json.dumps(asdict(report), default=str, ensure_ascii=False, indent=1)
        return HttpResponse(text, content_type="application/json; charset=utf-8")
    if form == "csv":
        said = {"Content-Disposition": f'attachment; filename="transparency-{number}.csv"'}
        return HttpResponse(to_csv(report), content_type="text/csv; charset=utf-8", headers=said)
    return rendered(
        request,
        "transparency_year.html",
        title=_("Transparency report {year}").format(year=number),
        sections=sections(report),
        note=_("What orders keep out of the register ({band} entries now) is in none of these figures.").format(
            band=report.undisclosed_entries
        ),
        year=number,
    )


def sections(report: TransparencyReport) -> list[tuple[str, list[tuple[str, str]]]]:
    """Heading and lines; the same figures as the CSV has."""
    rows = list(csv.reader(io.StringIO(to_csv(report))))[1:]
    found = []
    for part, lines in groupby(rows, key=lambda row: row[0]):
        if part in HEADINGS:
            told = [(": ".join(filter(None, (each[1].replace("_", " "), each[2]))), each[3] or "-") for each in lines]
            found.append((_(HEADINGS[part]), told))
    return found
