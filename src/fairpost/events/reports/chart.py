"""Draws a report as SVG on this machine: plain marks in Vega-Lite, with nothing loaded from anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairpost.events.reports.table import Table

MOST_BARS = 40
PEOPLE, MACHINES, OTHER = "#1f5f8b", "#b5b5b5", "#b8860b"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
VERSION = "5.20"
AXIS = "%d.%m. %H:%M"

Spec = dict[str, Any]


def svg(spec: Spec) -> str:
    """The chart as an SVG document."""
    import vl_convert

    return vl_convert.vegalite_to_svg({"$schema": SCHEMA, **spec}, vl_version=VERSION, allowed_base_urls=[])


def results_chart(table: Table) -> Spec:
    """How many were left at each step."""
    steps = ("audience", "accepted", "delivered", "opened", "clicked", "unsubscribed", "complained")
    steps += ("machine_opened", "machine_clicked")
    counts = {row[0]: row[1] for row in table.rows}
    values = [{"measure": name, "recipients": counts[name], "by": by(name)} for name in steps if name in counts]
    return bars(table.title, values, "measure", "recipients", list(steps))


def by(name: str) -> str:
    return "machines" if name.startswith("machine_") else "people"


def links_chart(table: Table) -> Spec:
    """Two bars for each link: people, and machines."""
    values = [
        {"link": name, "people": count, "by": who}
        for link, url, _donation, people, _clicks, machine, _machine_clicks in table.rows[:MOST_BARS]
        for name in [f"{link}: {shortened(url)}" if link >= 0 else "(unseen)"]
        for who, count in (("people", people), ("machines", machine))
    ]
    return bars(table.title, values, "link", "people", None)


def domains_chart(table: Table) -> Spec:
    names = ("opened", "clicked")
    places = [table.columns.index(name) for name in ("accepted", *names)]
    values = [
        {"domain": row[0] or "(others)", "share": row[place] / row[places[0]] if row[places[0]] else 0, "by": name}
        for row in table.rows[:MOST_BARS]
        for name, place in zip(names, places[1:], strict=True)
    ]
    return bars(table.title, values, "domain", "share", None, "%")


def time_chart(table: Table) -> Spec:
    """A line for each kind that there is any of."""
    values = [
        {"at": on_the_clock(row[0]), "count": count, "by": name}
        for row in table.rows
        for name, count in zip(table.columns[1:], row[1:], strict=True)
        if any(each[table.columns.index(name)] for each in table.rows)
    ]
    return {
        "title": table.title, "width": 720, "height": 300, "data": {"values": values},
        "mark": {"type": "line", "point": {"size": 12}},
        "encoding": {
            "x": {"field": "at", "type": "temporal", "title": None, "axis": {"format": AXIS, "labelOverlap": True}},
            "y": {"field": "count", "type": "quantitative", "title": None},
            "color": {"field": "by", "type": "nominal", "title": None},
        },
    }  # fmt: skip


def cadence_chart(table: Table) -> Spec:
    values = [{"at": on_the_clock(row[0]), "campaigns": row[1]} for row in table.rows]
    return {
        "title": table.title, "width": 720, "height": 240, "data": {"values": values},
        "mark": {"type": "bar", "width": 4, "color": PEOPLE},
        "encoding": {
            "x": {"field": "at", "type": "temporal", "title": None, "axis": {"format": AXIS, "labelOverlap": True}},
            "y": {"field": "campaigns", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1}},
        },
    }  # fmt: skip


def on_the_clock(at: datetime) -> str:
    """As clocks show it in the zone of the report, whatever the zone of this machine is."""
    return at.replace(tzinfo=None).isoformat()


def bars(title: str, values: list[Spec], name: str, count: str, order: list[str] | None, number: str = "") -> Spec:
    axis = {"format": number} if number else {"tickMinStep": 1}
    colours = {"domain": ["people", "machines", "opened", "clicked"], "range": [PEOPLE, MACHINES, PEOPLE, OTHER]}
    kinds = {each["by"] for each in values}
    return {
        "title": title, "width": 560, "data": {"values": values}, "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": name, "type": "nominal", "title": None, "sort": order, "axis": {"labelLimit": 320}},
            "x": {"field": count, "type": "quantitative", "title": None, "axis": axis},
            "yOffset": {"field": "by"} if order is None else {"value": 0},
            "color": {
                "field": "by", "type": "nominal", "title": None, "scale": colours,
                "legend": {"values": sorted(kinds)},
            },
        },
    }  # fmt: skip


def shortened(url: str, most: int = 48) -> str:
    plain = url.partition("://")[2] or url
    return plain if len(plain) <= most else f"{plain[:most]}…"
