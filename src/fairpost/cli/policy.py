"""`fairpost policy`: the rules that mail is judged by, in versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _, current_language

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("policy")
def command() -> None:
    """Clauses of the policy: what is published, from when, and under which address."""


def short(clause: Any) -> dict[str, Any]:
    return {
        "label": clause.label,
        "title": clause.title(current_language()),
        "effective_from": f"{clause.effective_from:%F %H:%M} UTC",
        "effective_to": f"{clause.effective_to:%F %H:%M} UTC" if clause.effective_to else None,
        "languages": " ".join(clause.texts),
        "permalink": clause.permalink,
    }


def moment(given: str | None, option: str) -> datetime | None:
    """A time with its zone, so that nobody has to guess which was meant."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(
            _("{option} needs a time with its zone, such as 2027-03-01T09:00:00+01:00.").format(option=option),
            field=option,
        )
    return at


def texts_of(given: tuple[str, ...], option: str = "--text") -> dict[str, dict[str, str]]:
    """The texts of LANGUAGE=FILE, each file with the title on its first line."""
    from fairpost.enforcement.policies.texts import text_of_file

    found: dict[str, dict[str, str]] = {}
    for each in given:
        language, sign, name = each.partition("=")
        if not sign or language in found:
            raise Invalid(
                _("{option} is given once for each language, as en=FILE; not {given}.").format(
                    option=option, given=repr(each)
                ),
                field=option,
            )
        found[language] = text_of_file(contents(Path(name)), name)
    return found


def contents(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Invalid(_("{path} cannot be read: {why}.").format(path=path, why=error.strerror), field="file") from error
    except UnicodeDecodeError as error:
        message = _("{path} is not UTF-8: the byte at position {position} cannot be read.")
        raise Invalid(message.format(path=path, position=error.start), field="file") from error


@command.command("list")
@click.option("--at", help="As it holds at this time (ISO 8601 with zone); default: now.")
@json_option
def list_(at: str | None, as_json: bool) -> None:
    """The clauses in force."""
    from fairpost.enforcement.queries.policies import clauses

    acting()
    rows = clauses(moment(at, "--at"))
    emit(rows if as_json else [short(each) for each in rows], as_json)


@command.command("show")
@click.argument("clause")
@click.option("--language", help="Language of the text; default: that of the command line.")
@json_option
def show(clause: str, language: str | None, as_json: bool) -> None:
    """One clause: the version in force, or of a label such as fraud@1 that version."""
    from fairpost.enforcement.queries.policies import clause as read

    acting()
    found = read(clause)
    if as_json:
        emit(found, True)
        return
    wanted = language or current_language()
    shown = {**short(found), "title": found.title(wanted), "ground": found.ground}
    emit({**shown, "dsa_category": found.dsa_category, "dsa_keywords": " ".join(found.dsa_keywords)}, False)
    click.echo("\n" + found.text(wanted))


@command.command("versions")
@click.argument("code")
@json_option
def versions(code: str, as_json: bool) -> None:
    """Every version of one clause, the newest first, those to come too."""
    from fairpost.enforcement.queries.policies import versions as read

    acting()
    rows = read(code)
    emit(rows if as_json else [short(each) for each in rows], as_json)


@command.command("publish")
@click.argument("code")
@click.option(
    "--text", "texts", multiple=True, required=True, help="LANGUAGE=FILE; the file's first line is the title. Repeat."
)
@click.option("--category", required=True, help="STATEMENT_CATEGORY_... under which reasons are exported.")
@click.option("--keyword", "keywords", multiple=True, help="KEYWORD_... of the export. Repeat.")
@click.option(
    "--ground", type=click.Choice(["incompatible", "illegal"]), default="incompatible", show_default=True,
    help="Whether it rests on our terms or on the law.",
)  # fmt: skip
@click.option("--from", "effective_from", help="When it begins to hold (ISO 8601 with zone); default: at once.")
@click.option("--reason", help="Why, for the record.")
@json_option
def publish(code, texts, category, keywords, ground, effective_from, reason, as_json) -> None:
    """Publish the next version of the clause CODE; the version before ends when it begins."""
    from fairpost.enforcement.actions.publish_clause import publish_clause

    made = publish_clause(
        actor=acting(),
        code=code,
        texts=texts_of(texts),
        dsa_category=category,
        dsa_keywords=keywords,
        ground=ground,
        effective_from=moment(effective_from, "--from"),
        reason=reason,
    )
    emit(made if as_json else short(made), as_json)


@command.command("install-starter")
@click.option("--reason", help="Why, for the record.")
@json_option
def install_starter(reason: str | None, as_json: bool) -> None:
    """Publish the neutral starter policy; clauses that are there already stay as they are."""
    from fairpost.enforcement.actions.install_starter_policy import install_starter_policy

    made = install_starter_policy(actor=acting(), reason=reason)
    emit(made if as_json else [short(each) for each in made], as_json)
