"""What commands print: lines for people, or JSON with `--json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click

from fairpost.cli.fields import field_in_words
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines for people.")


def emit(data: Any, as_json: bool) -> None:
    """Prints a record (mapping or dataclass) or a sequence of records; names are translated for people only."""
    data = plain(data)
    if as_json:
        click.echo(json.dumps(data, default=str, ensure_ascii=False))
    elif isinstance(data, Mapping):
        lines = [(field_in_words(key), shown(value, key)) for key, value in data.items()]
        width = max((len(name) for name, _value in lines), default=0)
        for name, value in lines:
            click.echo(f"{name:<{width}}  {value}")
    else:
        emit_table(data)


def emit_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Prints records as a table with a column for each key of the first one."""
    if not rows:
        click.echo(_("none"))
        return
    keys = list(rows[0])
    cells = [[field_in_words(key) for key in keys], *([shown(row.get(key), key) for key in keys] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(keys))]
    for row in cells:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(data: Any) -> Any:
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    if isinstance(data, Mapping):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(each) for each in data]
    return data


def shown(value: Any, key: str = "") -> str:
    if value is None or value in ([], (), {}, ""):
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == "state":
        return state_in_words(str(value))
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
