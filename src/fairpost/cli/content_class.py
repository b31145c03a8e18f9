"""`fairpost class`: kinds of content that measures can name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.policy import READABLE, contents, texts_of
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.text import _, current_language


@click.group("class")
def command() -> None:
    """Content classes: named rules over plain facts of a mail, in versions."""


def short(content_class: Any) -> dict[str, Any]:
    return {
        "id": content_class.id,
        "label": content_class.label,
        "title": content_class.title(current_language()),
        "languages": " ".join(content_class.texts),
        "created_at": f"{content_class.created_at:%F %H:%M} UTC",
    }


@command.command("list")
@click.option("--after", default=0, help="Show those with a higher id than this.")
@json_option
def list_(after: int, as_json: bool) -> None:
    """Every version of every class."""
    from fairpost.enforcement.queries.content_classes import content_classes
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "enforcement.read")
    rows = content_classes(after=after)
    emit(rows if as_json else [short(each) for each in rows], as_json)


@command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """One class with its rule: NAME is a name (its latest version) or a label such as name@1."""
    from fairpost.enforcement.queries.content_classes import content_class
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "enforcement.read")
    found = content_class(name)
    if as_json:
        emit(found, True)
        return
    emit({**short(found), "hash": found.hash}, False)
    click.echo("\n" + found.text(current_language()))
    click.echo("\n" + json.dumps(found.rule, ensure_ascii=False, indent=2))


@command.command("create")
@click.argument("name")
@click.option("--rule", "rule_file", type=READABLE, required=True, help="File of the rule, in JSON.")
@click.option(
    "--text", "texts", multiple=True, required=True, help="LANGUAGE=FILE; the file's first line is the title. Repeat."
)
@click.option("--reason", help="Why, for the record.")
@json_option
def create(name: str, rule_file: Path, texts: tuple[str, ...], reason: str | None, as_json: bool) -> None:
    """Make the class NAME, or its next version; measures that name an earlier version keep it."""
    from fairpost.enforcement.actions.create_content_class import create_content_class
    from fairpost.enforcement.classes.rule_json import json_from_text

    rule = json_from_text(contents(rule_file))
    made = create_content_class(actor=acting(), name=name, rule=rule, texts=texts_of(texts), reason=reason)
    emit(made if as_json else short(made), as_json)


@command.command("try")
@click.argument("name")
@click.argument("version_id", type=int)
@account_option
@json_option
def try_(name: str, version_id: int, account: str, as_json: bool) -> None:
    """Say whether the content version VERSION_ID falls under the class NAME, and by which words."""
    from fairpost.enforcement.queries.class_trial import try_class

    actor = acting()
    trial = try_class(actor, name, resolve_account(actor, account), version_id)
    if as_json:
        emit(trial, True)
        return
    if not trial.matched:
        click.echo(_("It does not fall under {label}.").format(label=trial.content_class))
        return
    because = ", ".join(trial.because)
    click.echo(_("It falls under {label}: {because}.").format(label=trial.content_class, because=because))
    for place, quote in trial.spans:
        click.echo(f"  {place}: {quote}")


@command.command("install-starter")
@click.option("--reason", help="Why, for the record.")
@json_option
def install_starter(reason: str | None, as_json: bool) -> None:
    """Make the classes that come with Fairpost; those of the same name stay as they are."""
    from fairpost.enforcement.actions.install_starter_classes import install_starter_classes

    made = install_starter_classes(actor=acting(), reason=reason)
    emit(made if as_json else [short(each) for each in made], as_json)
