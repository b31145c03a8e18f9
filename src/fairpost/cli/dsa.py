"""`fairpost dsa`: statements of reasons in the schema of the DSA Transparency Database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, emit_table, json_option, plain
from fairpost.cli.session import acting
from fairpost.enforcement.dsa.documents import read_document
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


@click.group("dsa")
def command() -> None:
    """Statements of reasons for the DSA Transparency Database."""


def wanted_options(function: Any) -> Any:
    """`--decision`, `--from`, `--to`: which measures are meant."""
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--to", "until", type=day, help="And before this day (UTC)."),
        click.option(
            "--from", "since", type=day, help="Only what came into force, or was reversed, on this day or later."
        ),
        click.option("--decision", help="Only this decision, such as D-17."),
    ):
        function = option(function)
    return function


@command.command("validate")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Hold statements to every rule. A file has one, an array (a bulk) or one a line; exit 1 if one is not valid."""
    findings = [line for path in files for line in findings_in(path)]
    if as_json:
        emit(findings, as_json)
    for each in [] if as_json else findings:
        click.echo(f"{each['file']}{place(each)}: {each['message']}")
    if findings:
        ctx.exit(1)
    if not as_json:
        click.echo(_("Everything in it is valid."))


def findings_in(path: Path) -> list[dict[str, Any]]:
    """Raises Invalid for a file that cannot be read as JSON."""
    try:
        document = read_document(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Invalid(_("{file} is no text in UTF-8.").format(file=path)) from None
    except Invalid as error:
        raise Invalid(f"{path}: {error.message}") from None
    return [{"file": str(path), **plain(each)} for each in document.findings()]


def place(finding: dict[str, Any]) -> str:
    """`[3].puid`: which statement, counted from 0, and which field."""
    index = "" if finding["index"] is None else f"[{finding['index']}]"
    return f"{index}.{finding['field']}" if finding["field"] else index


@command.command("list")
@wanted_options
@json_option
def list_all(decision: str | None, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Show the statements there are, those that would be exported now, and why the others are not."""
    from fairpost.enforcement.queries.statements import measure_statements

    found = measure_statements(acting(), wanted(decision, since, until), limit=None)
    made = [each for one in found for each in one.statements]
    missing = [each for one in found for each in one.not_exported]
    if as_json:
        emit({"statements": made, "not_exported": missing}, as_json)
        return
    emit_table([line(each) | {"exported_at": each.exported_at} for each in made])
    tell(missing)


@command.command("export")
@wanted_options
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; made if needed.",
)
@click.option("--bulk", is_flag=True, help="Write files of up to 100 statements instead of one for each.")
@click.option("--again", is_flag=True, help="Write those too that were exported before, unchanged.")
@click.option("--reason", help="Why, for the record.")
@json_option
def export(
    decision: str | None,
    since: datetime | None,
    until: datetime | None,
    out: Path,
    bulk: bool,
    again: bool,
    reason: str | None,
    as_json: bool,
) -> None:
    """Write the statements that are due into files, once, and say of the other measures why there is none."""
    from fairpost.enforcement.actions.export_statements import export_statements

    out.mkdir(parents=True, exist_ok=True)
    done = export_statements(actor=acting(), wanted=wanted(decision, since, until), again=again, reason=reason)
    files = write(done.statements, out, bulk)
    if as_json:
        emit({"files": files, "statements": done.statements, "not_exported": done.not_exported}, as_json)
        return
    emit_table([line(each) for each in done.statements])
    for file in files:
        click.echo(_("written: {file}").format(file=file))
    tell(done.not_exported)


def wanted(decision: str | None, since: datetime | None, until: datetime | None) -> Any:
    from fairpost.enforcement.naming import number_of
    from fairpost.enforcement.queries.statements import Wanted

    return Wanted(
        decision_id=number_of("decision", decision) if decision else None,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
    )


def write(statements: Any, out: Path, bulk: bool) -> list[str]:
    """The names of the files written. A file is named after its (first) puid, so it never covers another's."""
    from fairpost.enforcement.dsa.batches import as_json, bulks

    bodies = [each.statement for each in statements]
    if bulk:
        named = [(f"bulk-{body['statements'][0]['puid']}.json", body) for body in bulks(bodies)]
    else:
        named = [(f"{body['puid']}.json", body) for body in bodies]
    for name, body in named:
        (out / name).write_text(as_json(body), encoding="utf-8")
    return [str(out / name) for name, _body in named]


def line(statement: Any) -> dict[str, Any]:
    return {name: getattr(statement, name) for name in ("decision", "measure", "recipient", "puid")}


def tell(missing: Any) -> None:
    if missing:
        click.echo(_("not exported:"))
        emit_table(plain(missing))
