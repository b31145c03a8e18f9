"""`fairpost template`: write, check, keep and preview mails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, json_option, plain
from fairpost.cli.session import account_option
from fairpost.cli.template_place import known_attributes, named, working
from fairpost.cli.template_versions import preview, save_version, versions
from fairpost.kernel.errors import Invalid
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("template")
def command() -> None:
    """Templates and the content versions that are sent."""


def content_options(function: Any) -> Any:
    """The fields of a mail, as options."""
    for option in (
        click.option("--language", help="Language of the mail, such as en or fr-CH (RFC 5646)."),
        click.option("--text", "text_file", type=READABLE, help="Plain-text part; default: made from the page."),
        click.option("--html", "html_file", type=READABLE, help="File of the page in HTML."),
        click.option("--mjml", "mjml_file", type=READABLE, help="File of the page in MJML."),
        click.option("--preheader", help="Line that mailboxes show after the subject."),
        click.option("--subject", help="Subject; Liquid is allowed."),
    ):
        function = option(function)
    return function


def fields(subject, preheader, mjml_file, html_file, text_file, language) -> dict[str, str]:
    """What was given, files read."""
    given = {
        "subject": subject,
        "preheader": preheader,
        "mjml": contents(mjml_file),
        "html": contents(html_file),
        "text": contents(text_file),
        "language": language,
    }
    return {name: value for name, value in given.items() if value is not None}


def contents(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("{path} is not UTF-8: the byte at position {position} cannot be read.")
        raise Invalid(message.format(path=path, position=error.start)) from error


def short(template: Any) -> dict[str, Any]:
    return {
        "id": template.id,
        "name": template.name,
        "kind": template.kind,
        "language": template.language,
        "subject": template.subject,
        "updated": f"{template.updated_at:%F %H:%M}",
    }


@command.command("create")
@click.argument("name")
@click.option("--starter", "starter_name", help="Begin from one of `fairpost template starters`.")
@click.option("--unit", "unit_id", type=int, help="Business unit that alone uses it; default: the whole account.")
@content_options
@account_option
@json_option
def create(name, starter_name, unit_id, account, as_json, **given) -> None:
    """Begin a mail from MJML, HTML or a starter."""
    from fairpost.content.actions.create_template import create_template
    from fairpost.content.starters import starter

    content = fields(**given)
    if starter_name:
        begun = starter(starter_name)
        content = {"subject": begun.subject, "preheader": begun.preheader, "mjml": begun.mjml, **content}
    actor, account_id = working(account)
    made = create_template(actor=actor, account_id=account_id, name=name, unit_id=unit_id, **content)
    emit(made if as_json else short(made), as_json)


@command.command("edit")
@click.argument("template")
@click.option("--name", help="New name.")
@content_options
@account_option
@json_option
def edit(template, name, account, as_json, **given) -> None:
    """Replace parts of a draft; versions saved from it stay what they are."""
    from fairpost.content.actions.edit_template import edit_template

    actor, account_id, template_id = named(account, template)
    changed = edit_template(actor=actor, account_id=account_id, template_id=template_id, name=name, **fields(**given))
    emit(changed if as_json else short(changed), as_json)


@command.command("copy")
@click.argument("template")
@click.argument("name")
@click.option("--unit", "unit_id", type=int, help="Business unit of the copy; default: the whole account.")
@account_option
@json_option
def copy(template, name, unit_id, account, as_json) -> None:
    """Make a draft from another one."""
    from fairpost.content.actions.copy_template import copy_template

    actor, account_id, template_id = named(account, template)
    made = copy_template(actor=actor, account_id=account_id, template_id=template_id, name=name, unit_id=unit_id)
    emit(made if as_json else short(made), as_json)


@command.command("list")
@click.option("--before", type=int, help="Continue before this number.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@account_option
@json_option
def list_all(before, limit, account, as_json) -> None:
    """Drafts of the account, the newest first."""
    from fairpost.content.queries.templates import templates

    rows = templates(*working(account), before=before, limit=limit)
    emit(rows if as_json else [short(each) for each in rows], as_json)


@command.command("show")
@click.argument("template")
@account_option
@json_option
def show(template, account, as_json) -> None:
    """Show one draft with its source, by name or number."""
    from fairpost.content.queries.templates import template as read

    found = read(*named(account, template))
    if as_json:
        emit(found, True)
        return
    emit({**short(found), "preheader": found.preheader}, False)
    click.echo("\n" + (found.mjml or found.html))


@command.command("starters")
@json_option
def starters(as_json) -> None:
    """Mails to begin from."""
    from fairpost.content.starters import STARTERS

    emit([{"name": each.name, "summary": _(each.summary)} for each in STARTERS], as_json)


@command.command("check")
@click.argument("file", type=READABLE)
@click.option("--subject", default="-", help="Subject to check as well.")
@click.option("--preheader", default="", help="Preheader to check as well.")
@click.option("--text", "text_file", type=READABLE, help="Plain-text part to check as well.")
@click.option("--identity", "identity_id", type=int, help="Sender identity it is for; default: any.")
@account_option
@json_option
@click.pass_context
def check(context, file, subject, preheader, text_file, identity_id, account, as_json) -> None:
    """Say what is wrong with a mail in a file: MJML where its name ends in .mjml, else HTML. Exit status 1 for
    errors.
    """
    from fairpost.content.queries.check import check_source

    actor, account_id = working(account)
    built = check_source(
        actor,
        account_id,
        subject=subject,
        preheader=preheader,
        text=contents(text_file) or "",
        identity_id=identity_id,
        known_attributes=known_attributes(account_id),
        **{"mjml" if file.suffix == ".mjml" else "html": contents(file)},
    )
    names = {"body": str(file), "text": str(text_file)}
    if as_json:
        emit({"findings": plain(built.findings), "size": built.size, "asks_donation": built.asks_donation}, True)
    else:
        for each in built.findings:
            place = f"{names.get(each.part, each.part)}:{each.line}:{each.column}"
            click.echo(f"{place}: {state_in_words(each.level)}: {each.message} [{each.code}]")
        if built.document:
            click.echo(
                _("Good: {size} bytes of HTML, links: {links}.").format(
                    size=built.size, links=len(built.document.links)
                )
            )
    context.exit(1 if built.errors else 0)


for each in (save_version, versions, preview):
    command.add_command(each)
