"""`fairpost notice`: what was told to whom, word for word, and what became of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from fairpost.cli.notice_contact import contact
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.kernel.actor import Actor

MOST = 500
all_option = click.option("--all-accounts", is_flag=True, help="Over the whole installation, reporters' mail included.")


@click.group("notice")
def command() -> None:
    """Notices of decisions, and how they reached those concerned."""


def place(actor: Actor, account: str, everywhere: bool) -> int | None:
    """The account; None over the installation, which is where its operators look unless they name an account."""
    if everywhere or (not account and actor.account_id is None):
        return None
    return resolve_account(actor, account)


def number(notice: str) -> int:
    from fairpost.enforcement.naming import number_of

    return number_of("notice", notice)


def short(row: Any) -> dict[str, Any]:
    return {
        "notice": row.number,
        "decision": row.decision,
        "why": row.why,
        "account": row.account_id,
        "to": row.to,
        "language": row.language,
        "at": f"{row.at:%F %H:%M:%S} UTC",
        "state": row.state,
        "seconds": row.seconds,
    }


@command.command("list")
@click.option("--decision", help="Only those of this decision, such as D-17.")
@click.option("--failed", is_flag=True, help="Only those that no relay took: somebody must see to them.")
@click.option("--withheld", is_flag=True, help="Only those that are kept back for a recorded reason.")
@click.option("--before", type=int, help="Show those with a lower number than this.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="How many at most.")
@all_option
@account_option
@json_option
def list_(
    decision: str | None,
    failed: bool,
    withheld: bool,
    before: int | None,
    limit: int,
    all_accounts: bool,
    account: str,
    as_json: bool,
) -> None:
    """List notices, the newest first, with how long each took to be handed over."""
    from fairpost.enforcement.naming import number_of
    from fairpost.enforcement.queries.notices import Wanted, notices

    actor = acting()
    wanted = Wanted(
        number_of("decision", decision) if decision else None,
        "failed" if failed else "withheld" if withheld else None,
    )
    rows = notices(actor, place(actor, account, all_accounts), wanted, before=before, limit=limit)
    emit(rows if as_json else [short(each) for each in rows], as_json)


@command.command("show")
@click.argument("notice")
@click.option("--html", "as_html", is_flag=True, help="Print its HTML.")
@click.option(
    "--message",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the very message that was handed over to this file (- for standard output).",
)
@all_option
@account_option
@json_option
def show(notice: str, as_html: bool, message: Path | None, all_accounts: bool, account: str, as_json: bool) -> None:
    """Show NOTICE (such as N-5) as it was written, and what became of it."""
    from fairpost.enforcement.actions.acknowledge_notice import read_notice
    from fairpost.enforcement.queries.notices import notice_message

    actor = acting()
    where = place(actor, account, all_accounts)
    if message is not None:
        write_message(notice_message(actor, where, number(notice)), message)
        return
    view = read_notice(actor=actor, account_id=where, notice_id=number(notice))
    if as_json:
        emit(view, True)
        return
    if as_html:
        click.echo(view.html or "")
        return
    click.echo(view.text or "")
    emit(
        [{"at": f"{each.at:%F %H:%M:%S} UTC", "event": each.what, "detail": dict(each.detail)} for each in view.events],
        False,
    )


def write_message(content: bytes, path: Path) -> None:
    if str(path) == "-":
        sys.stdout.buffer.write(content)
    else:
        path.write_bytes(content)


@command.command("acknowledge")
@click.argument("notice")
@click.option("--reason", help="A word on it, for the record.")
@account_option
@json_option
def acknowledge(notice: str, reason: str | None, account: str, as_json: bool) -> None:
    """Say that NOTICE was read; that agrees to nothing."""
    from fairpost.enforcement.actions.acknowledge_notice import acknowledge_notice

    actor = acting()
    acknowledge_notice(actor=actor, account_id=resolve_account(actor, account), notice_id=number(notice), reason=reason)
    emit({"notice": notice, "acknowledged": True}, as_json)


@command.command("resend")
@click.argument("notice")
@click.option("--reason", help="Why, for the record.")
@json_option
def resend(notice: str, reason: str | None, as_json: bool) -> None:
    """Post NOTICE again, with the same words and the same Message-ID."""
    from fairpost.enforcement.actions.resend_notice import resend_notice

    resend_notice(actor=acting(), notice_id=number(notice), reason=reason)
    emit({"notice": notice, "state": "queued"}, as_json)


@command.command("release")
@click.argument("decision")
@click.option("--reason", required=True, help="Why nothing keeps them back any more.")
@json_option
def release(decision: str, reason: str, as_json: bool) -> None:
    """Post the withheld notices of DECISION (such as D-17) now."""
    from fairpost.enforcement.actions.resend_notice import release_notices
    from fairpost.enforcement.naming import number_of

    count = release_notices(actor=acting(), decision_id=number_of("decision", decision), reason=reason)
    emit({"decision": decision, "notices": count}, as_json)


command.add_command(contact)
