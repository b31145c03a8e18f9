"""What commands print: lines for people, or JSON with `--json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines for people.")


def emit(data: Any, as_json: bool) -> None:
    """Prints a record (mapping or dataclass) or a sequence of records."""
    data = plain(data)
    if as_json:
        click.echo(json.dumps(data, default=str, ensure_ascii=False))
    elif isinstance(data, Mapping):
        width = max((len(key) for key in data), default=0)
        for key, value in data.items():
            click.echo(f"{key.replace('_', ' '):<{width}}  {shown(value)}")
    else:
        emit_table(data)


def emit_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Prints records as a table with a column for each key of the first one."""
    if not rows:
        click.echo("none")
        return
    columns = list(rows[0])
    cells = [[shown(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(column), *(len(row[i]) for row in cells)) for i, column in enumerate(columns)]
    for row in [columns, *cells]:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(data: Any) -> Any:
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    if isinstance(data, Mapping):
        return data
    if isinstance(data, (list, tuple)):
        return [plain(each) for each in data]
    return data


def shown(value: Any) -> str:
    if value is None or value in ([], (), {}, ""):
        return "-"
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
