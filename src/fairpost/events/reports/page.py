"""A chart with its table beside it, as one page that loads nothing and runs nothing."""

from __future__ import annotations

from html import escape
from typing import Any

from fairpost.events.reports.table import Table, text_of

# Nothing from anywhere: the chart and its styles are in the page itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }
svg { max-width: 100%; height: auto }
table { border-collapse: collapse; margin-top: 1.5em }
th, td { border-bottom: 1px solid #ddd; padding: .3em .8em; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
"""


def page(table: Table, chart: str, language: str = "en") -> str:
    """The document; `chart` is SVG made here."""
    head = "".join(f'<th scope="col">{escape(each.replace("_", " "))}</th>' for each in table.columns)
    body = "".join(f"<tr>{''.join(cell(each) for each in row)}</tr>\n" for row in table.rows)
    title = escape(table.title)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        f"<style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f'<figure role="img" aria-label="{title}">{chart}</figure>\n'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>\n</body></html>\n"
    )


def cell(value: Any) -> str:
    kind = ' class="number"' if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
    return f"<td{kind}>{escape(str(text_of(value)))}</td>"
