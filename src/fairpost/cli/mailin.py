"""`fairpost mailin`: what came back as mail, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import click

from fairpost.cli.mailin_files import expected_rows, messages_in, read_expected
from fairpost.cli.output import emit, json_option
from fairpost.engine.outcomes.evaluation import Evaluation, evaluate
from fairpost.engine.outcomes.failed_recipient import FailedRecipient
from fairpost.engine.outcomes.returned import Returned
from fairpost.kernel.errors import FairpostError
from fairpost.kernel.text import _

KINDS = {"bounce": "bounce", "complaint": "complaint"}
NOTHING_SAID = FailedRecipient("", "", "", "not_a_failure", False, 0.5, "", "")


@click.group("mailin")
def command() -> None:
    """Mail that comes back: bounces, complaints, automatic replies."""


@command.command("classify")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def classify(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what stored messages mean: one record for each failed recipient. Nothing is applied.

    PATHS are files with one message each, or folders of such files.
    """
    read, trouble = messages_in(paths)
    emit([record for path, returned in read for record in records(path, returned)], as_json)
    fail_on(trouble)


@command.command("evaluate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--expected",
    "expected_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV file with a row for each failed recipient: kind, file, class, hard.",
)
@json_option
def evaluate_folder(folder: Path, expected_file: Path, as_json: bool) -> None:
    """Hold what is read of the messages in FOLDER against what is known of them."""
    rows = expected_rows(expected_file)
    read, trouble = read_expected(folder, rows)
    result = evaluate([row for row in rows if (row.kind, row.file) in read], read)
    if as_json:
        emit({**figures(result), "unreadable": trouble}, True)
    else:
        emit(lines(result), False)
    fail_on(trouble)


def records(path: Path, returned: Returned) -> list[dict[str, object]]:
    """What is printed of one message. A message that names nobody has one record without a recipient."""
    kind = KINDS.get(returned.kind, "other")
    return [
        {
            "file": str(path),
            "recipient": each.recipient,
            "enhanced_status": each.status,
            "reply_code": each.code,
            "class": each.cls,
            "hard": each.hard,
            "confidence": each.confidence,
            "kind": kind if each.cls != "not_a_failure" else "other",
        }
        for each in returned.recipients or (NOTHING_SAID,)
    ]


def figures(result: Evaluation) -> dict[str, object]:
    origins = sorted(result.origins.items())
    return {
        "origins": [{"kind": kind, "origin": origin, **counts.figures()} for (kind, origin), counts in origins],
        "kinds": {kind: counts.figures() for kind, counts in sorted(result.kinds.items())},
        "total": result.all.figures(),
    }


def lines(result: Evaluation) -> list[dict[str, object]]:
    """The same as a table: a line for each origin, then for each kind, then for all."""
    rows = [{"origin": origin, **counts.figures()} for (_kind, origin), counts in sorted(result.origins.items())]
    rows += [{"origin": kind, **counts.figures()} for kind, counts in sorted(result.kinds.items())]
    return [*rows, {"origin": "total", **result.all.figures()}]


def fail_on(trouble: list[str]) -> None:
    """What could be read was printed; the rest is an error (exit 1)."""
    if len(trouble) == 1:
        raise FairpostError(trouble[0])
    if trouble:
        sentence = _("{number} messages cannot be read. {first}")
        raise FairpostError(sentence.format(number=len(trouble), first=trouble[0]))
