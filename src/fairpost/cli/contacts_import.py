"""`fairpost contacts import`: takes in a CSV file, goes on with a stopped import, or cancels one."""

from __future__ import annotations

from pathlib import Path

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


@click.command("import")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--list", "list_name", default="", help="List that everybody in the file joins; made when new.")
@click.option("--consent", default="", help="Where and when these people agreed to be mailed. Kept with the import.")
@click.option("--map", "mapped", multiple=True, help="HEADER=attribute, HEADER=email, or HEADER=- to leave it out.")
@click.option("--type", "types", multiple=True, help="attribute=text, number, date, date:dmy, date:mdy or boolean.")
@click.option("--encoding", default="", help="The file's encoding; default: found from its bytes.")
@click.option("--delimiter", default="", help="The character between values; default: found. Write \\t for a tab.")
@click.option("--header/--no-header", default=None, help="Whether the first line names the columns; default: found.")
@click.option("--keep", type=click.Choice(["last", "first"]), default="last", show_default=True,
              help="Which of several rows with one address counts.")  # fmt: skip
@click.option("--role-addresses", is_flag=True, help="Take addresses such as postmaster@ and noreply@ too.")
@click.option("--resume", "resumed", type=int, help="Go on with the import of this number.")
@click.option("--cancel", "cancelled", type=int, help="Drop what the import of this number has staged.")
@click.option("--reason", default=None, help="Why, for the record.")
@account_option
@json_option
def import_command(
    file, list_name, consent, mapped, types, encoding, delimiter, header, keep, role_addresses, resumed, cancelled,
    reason, account, as_json,
):  # fmt: skip
    """Import contacts from FILE. All of it counts in one moment; stopped before, nothing has changed."""
    from fairpost.contacts.actions.import_contacts import cancel_import
    from fairpost.contacts.imports.opening import Wishes

    if sum(each is not None for each in (file, resumed, cancelled)) != 1:
        raise click.UsageError(_("Give a file, or --resume, or --cancel."))
    actor = acting()
    account_id = resolve_account(actor, account)
    if cancelled is not None:
        emit(cancel_import(actor=actor, account_id=account_id, import_id=cancelled, reason=reason), as_json)
        return
    wishes = Wishes(
        delimiter="\t" if delimiter == "\\t" else delimiter,
        header=header,
        columns=pairs(mapped, "--map"),
        kinds=pairs(types, "--type"),
        refuse_roles=not role_addresses,
        keep=keep,
    )
    summary = run_import(actor, account_id, file, resumed, list_name, consent, encoding, wishes, reason)
    emit(summary if as_json else told(summary), as_json)


def run_import(actor, account_id, file, resumed, list_name, consent, encoding, wishes, reason):
    """Runs or resumes, and says after Ctrl-C how to go on."""
    from fairpost.cli.import_progress import shown_progress
    from fairpost.contacts.actions.import_contacts import Source, import_contacts, resume_import
    from fairpost.contacts.queries.imports import recent_imports

    try:
        with shown_progress() as watch:
            if resumed is not None:
                return resume_import(
                    actor=actor, account_id=account_id, import_id=resumed, watch=watch, reason=reason
                )
            return import_contacts(
                actor=actor,
                account_id=account_id,
                source=Source(Path(file), Path(file).name, encoding),
                consent=consent,
                list_id=list_for(actor, account_id, list_name) if list_name else None,
                wishes=wishes,
                watch=watch,
                reason=reason,
            )
    except KeyboardInterrupt:
        running = next((row for row in recent_imports(account_id) if row.state == "staging"), None)
        if running:
            text = _("Stopped at {percent} %; no contact has changed. Go on: fairpost contacts import --resume {id}")
            click.echo(text.format(percent=running.percent, id=running.import_id), err=True)
            text = _("Or drop it: fairpost contacts import --cancel {id}")
            click.echo(text.format(id=running.import_id), err=True)
        raise


def list_for(actor, account_id: int, name: str) -> int:
    """The list of this name or number, made where there is none."""
    from fairpost.contacts.actions.change_lists import create_list
    from fairpost.contacts.naming import list_named
    from fairpost.kernel.errors import NotFound

    try:
        return list_named(actor, account_id, name)
    except NotFound:
        return create_list(actor=actor, account_id=account_id, name=name)


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    found = {}
    for each in given:
        left, sign, right = each.rpartition("=")
        if not sign or not left or not right:
            raise click.UsageError(_("{option} takes NAME=VALUE, not {given!r}.").format(option=option, given=each))
        found[left.strip()] = right.strip()
    return found


def told(summary) -> dict:
    """The summary as lines for people: what is empty is left out."""
    kinds = ", ".join(
        f"{name}: {kind}{_(' (guessed)') if name in summary.guessed else ''}" for name, kind in summary.kinds.items()
    )
    lines = {
        _("import"): summary.import_id,
        _("state"): state_in_words(summary.state),
        _("file"): summary.file_name,
        _("encoding"): summary.encoding,
        _("delimiter"): {"\t": _("tab")}.get(summary.delimiter, summary.delimiter),
        _("header"): _("yes") if summary.header else _("no"),
        _("attributes"): kinds,
        _("new contacts"): summary.new,
        _("updated"): summary.updated,
        _("unchanged"): summary.unchanged,
        _("joined the list"): summary.joined_list,
    }
    if summary.duplicates:
        lines[_("repeated addresses")] = _("{count} (the {which} of each counts)").format(
            count=summary.duplicates, which={"first": _("first"), "last": _("last")}[summary.kept_of_duplicates]
        )
    lines[_("rejected rows")] = summary.rejected
    if summary.reasons:
        often = sorted(summary.reasons.items(), key=lambda each: -each[1])[:10]
        lines[_("because")] = "; ".join(f"{reason}: {count}" for reason, count in often)
    if summary.rejects_file:
        lines[_("rejects file")] = summary.rejects_file
    return lines
