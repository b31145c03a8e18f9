"""`fairpost donation receipt` and `letter`: documents from fixed texts, printed or written to a file."""

from __future__ import annotations

from pathlib import Path

import click

from fairpost.cli.days import day
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LANGUAGES = ("en", "fr", "it", "es", "de")
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), help="The language; default: the account's, else English."
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file: as HTML where it ends in .html, else as plain text.",
)


@click.command("receipt")
@click.argument("order_id")
@click.option("--platform", default="", help="The order's platform, where several have one of that number.")
@language_option
@out_option
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def receipt(order_id, platform, language, out, reason, account, as_json):
    """Make the receipt of the order ORDER_ID."""
    from fairpost.events.actions.make_receipt import make_receipt

    actor = acting()
    made = make_receipt(
        actor=actor,
        account_id=resolve_account(actor, account),
        order_id=order_id,
        platform=platform,
        language=language,
        reason=reason,
    )
    give(made, out, as_json)


@click.command("letter")
@click.argument("organisation_id", type=int)
@click.option("--from", "first", required=True, help="First day, such as 2027-01-01, in the account's time zone.")
@click.option("--to", "last", required=True, help="Last day, itself included.")
@language_option
@out_option
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def letter(organisation_id, first, last, language, out, reason, account, as_json):
    """Make the compliance letter on the donations of an organisation (by its number) in a period."""
    from fairpost.events.actions.make_letter import make_letter

    actor = acting()
    made = make_letter(
        actor=actor,
        account_id=resolve_account(actor, account),
        organisation_id=organisation_id,
        first=day(first),
        last=day(last),
        language=language,
        reason=reason,
    )
    give(made, out, as_json)


def give(made, out: Path | None, as_json: bool) -> None:
    if out is None:
        emit(made, True) if as_json else click.echo(made.text, nl=False)
        return
    as_html = out.suffix.lower() in (".html", ".htm")
    try:
        out.write_text(made.html if as_html else made.text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Invalid(
            _("{path} cannot be written: {error}.").format(path=out, error=error.strerror), field="out"
        ) from None
    emit({"file": str(out), "sha256": made.html_hash if as_html else made.text_hash}, as_json)
