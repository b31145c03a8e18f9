"""`fairpost template save-version, versions, preview`: what drafts become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option
from fairpost.cli.template_place import known_attributes, named, working
from fairpost.kernel.errors import Invalid
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


@click.command("save-version")
@click.argument("template")
@click.option("--identity", "identity_id", type=int, required=True, help="Sender identity it is sent by.")
@account_option
@json_option
def save_version(template, identity_id, account, as_json) -> None:
    """Freeze a draft into a content version that can be sent. The same content gives the same version."""
    from fairpost.content.actions.save_content_version import save_content_version

    actor, account_id, template_id = named(account, template)
    version = save_content_version(
        actor=actor,
        account_id=account_id,
        template_id=template_id,
        identity_id=identity_id,
        known_attributes=known_attributes(account_id),
    )
    if as_json:
        emit(version, True)
        return
    for each in version.findings:
        click.echo(f"{each.part}:{each.line}:{each.column}: {state_in_words(each.level)}: {each.message}", err=True)
    emit(
        {
            "version": version.id,
            "hash": version.hash,
            "size": version.size,
            "links": len(version.document.links),
            "asks_donation": version.asks_donation,
            "joint_notice": version.joint_notice_id,
        },
        False,
    )


@click.command("versions")
@click.argument("template", required=False)
@click.option("--before", type=int, help="Continue before this number.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@account_option
@json_option
def versions(template, before, limit, account, as_json) -> None:
    """Content versions of the account or of one draft, the newest first."""
    from fairpost.content.queries.templates import template_named
    from fairpost.content.queries.versions import content_versions

    actor, account_id = working(account)
    template_id = template_named(actor, account_id, template) if template else None
    rows = content_versions(actor, account_id, template_id=template_id, before=before, limit=limit)
    if as_json:
        emit(rows, True)
        return
    emit(
        [
            {"id": r.id, "name": r.name, "subject": r.subject, "size": r.size, "warnings": r.warnings,
             "hash": r.hash[:12], "saved": f"{r.created_at:%F %H:%M}"}
            for r in rows
        ],
        False,
    )  # fmt: skip


@click.command("preview")
@click.argument("version", type=int)
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Attribute of the reader; may be repeated.")
@click.option("--attributes", default="{}", help="Attributes of the reader as a JSON object.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the page here.")
@account_option
@json_option
def preview(version, pairs, attributes, html_file, account, as_json) -> None:
    """Show a content version as one reader would get it. Nothing is sent or counted."""
    from fairpost.content.queries.preview import preview as filled

    shown = filled(*working(account), version, sample(pairs, attributes))
    if html_file is not None:
        html_file.write_text(shown.html, encoding="utf-8")
    if as_json:
        emit(shown, True)
        return
    emit({"subject": shown.subject, "html": str(html_file) if html_file else f"{len(shown.html)} characters"}, False)
    click.echo("\n" + shown.text)


def sample(pairs: tuple[str, ...], attributes: str) -> dict[str, Any]:
    try:
        values = json.loads(attributes)
    except ValueError as error:
        raise Invalid(_("--attributes is not JSON: {error}.").format(error=error), field="attributes") from error
    if not isinstance(values, dict):
        raise Invalid(_("--attributes must be a JSON object."), field="attributes")
    for each in pairs:
        name, mark, value = each.partition("=")
        if not mark:
            raise Invalid(_("{pair} is not NAME=VALUE.").format(pair=repr(each)), field="set")
        values[name] = value
    return values
