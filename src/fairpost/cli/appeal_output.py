"""How commands show an appeal, and read the JSON that they are given."""

from __future__ import annotations

import json
from typing import Any

import click

from fairpost.cli.output import emit
from fairpost.enforcement.queries.appeals import AppealView
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


def read_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Invalid(_("{place} is not JSON: {error}.").format(place=place, error=error)) from None


def show_appeal(found: AppealView, as_json: bool) -> None:
    if as_json:
        emit(found, True)
        return
    emit(
        {
            **line(found),
            "organisation_id": found.organisation_id,
            "measures": ", ".join(found.measures),
            "filed_at": found.filed_at,
            "reviewer": found.reviewer,
            "answer_by": found.answer_by,
        },
        False,
    )
    for each in found.rulings:
        whom = "" if each.organisation_id is None else f" ({each.organisation_id})"
        click.echo(f"{each.measure}{whom}: {each.outcome} {each.decision}".rstrip() + f". {each.reason}")


def line(found: AppealView) -> dict[str, Any]:
    return {
        "appeal": found.label,
        "decision": found.decision,
        "state": found.state,
        "due": found.decision_due_at,
        "overdue": found.overdue,
    }
