"""`fairpost audit`: the record of who did what and why, its chain, holds and erasures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from fairpost.cli.audit_hold import hold
from fairpost.cli.output import emit, json_option
from fairpost.cli.session import acting, resolve_account
from fairpost.cli.times import moment
from fairpost.kernel.actor import Actor
from fairpost.kernel.text import _

if TYPE_CHECKING:
    from fairpost.audit.chain.walk import Verdict

LINE_EVERY = 5.0  # seconds

some_account = click.option(
    "--account", default="", help="Only what concerns this account, by name or number; default: everything."
)


def of_account(actor: Actor, account: str) -> int | None:
    """The account's number; None, which asks for everything, where none is named and the actor has none."""
    return resolve_account(actor, account) if account or actor.account_id is not None else None


@click.group(name="audit")
def command() -> None:
    """The record of who did what and why: read, verify, export, hold, erase."""


command.add_command(hold)


@command.command("verify")
@click.option(
    "--heads", "kept", type=click.File("r"), help="File of heads that you kept outside, or - for standard input."
)
@json_option
def verify_(kept: TextIO | None, as_json: bool) -> None:
    """Check the whole chain; exit 1 where it is broken, and say where."""
    from fairpost.audit.chain.heads_file import read_heads
    from fairpost.audit.chain.walk import verify
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "audit.read")
    verdict = verify(read_heads(kept.read()) if kept else (), told=progress())
    if as_json:
        emit(verdict, as_json)
    else:
        summary = asdict(verdict)
        emit({key: summary[key] for key in ("sequence", "hash", "heads", "payloads", "erased", "unopened")}, False)
        for finding in verdict.findings:
            click.echo(finding.text)
        if verdict.count > len(verdict.findings):
            click.echo(_("And {number} more.").format(number=verdict.count - len(verdict.findings)))
        click.echo(in_a_sentence(verdict))
    if verdict.count:
        raise click.exceptions.Exit(1)


def in_a_sentence(verdict: Verdict) -> str:
    if not verdict.count:
        return _("The record is whole.")
    if {each.kind for each in verdict.findings} == {"event_unsealed"}:
        return _("What is sealed is whole, but not all is sealed: run `fairpost worker`, or `fairpost audit seal`.")
    return _("The record is broken.")


def progress() -> Callable[[int, int], None]:
    """Says on standard error every few seconds how far the walk is."""
    said = time.monotonic()

    def told(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY:
            said = time.monotonic()
            click.echo(_("{done} of {total} seals checked").format(done=done, total=total), err=True)

    return told


@command.command("events")
@click.option("--before", type=int, help="Show those with a lower id than this.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@some_account
@json_option
def events(before: int | None, limit: int, account: str, as_json: bool) -> None:
    """Show who did what and why, the newest first."""
    from fairpost.tenants import queries

    actor = acting()
    emit(queries.audit_trail(actor, of_account(actor, account), before=before, limit=limit), as_json)


@command.command("heads")
@click.option("--after", default=0, help="Show those with a higher sequence than this.")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@json_option
def heads_(after: int, limit: int, as_json: bool) -> None:
    """List the heads of the chain that were published. Keep some of them elsewhere."""
    from fairpost.audit.queries import heads
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "audit.read")
    emit(heads(after, limit), as_json)


@command.command("seal")
@json_option
def seal(as_json: bool) -> None:
    """Seal what waits and publish the head; `fairpost worker` does it all the time."""
    from fairpost.audit.actions.publish_head import publish_head
    from fairpost.audit.actions.seal_events import seal_events
    from fairpost.audit.queries import current_head
    from fairpost.tenants.authorise import authorise

    authorise(acting(), "audit.seal")
    sealed = seal_events()
    publish_head()
    head: Any = current_head()
    emit({"sealed": sealed, **(asdict(head) if head else {})}, as_json)


@command.command("export")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to make, or one file where the name ends in .zip.",
)
@some_account
@click.option("--from", "since", help="Events from this time on, such as 2027-01-01T00:00Z.")
@click.option("--to", "until", help="Events before this time.")
@click.option("--reasons", is_flag=True, help="With reasons and user names, which may be personal data.")
@click.option("--reason", help="Why, for the record.")
@json_option
def export(
    out: Path, account: str, since: str | None, until: str | None, reasons: bool, reason: str | None, as_json: bool
) -> None:
    """Write events, seals and heads for an outside auditor, with how to check them."""
    from fairpost.audit.actions.export_record import export_record

    actor = acting()
    done = export_record(
        actor=actor,
        out=out,
        account_id=of_account(actor, account),
        since=moment(since) if since else None,
        until=moment(until) if until else None,
        reasons=reasons,
        reason=reason,
    )
    emit(done, as_json)


@command.command("erase")
@click.argument("subject")
@click.option("--reason", required=True, help="Why, for the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(subject: str, reason: str, yes: bool, as_json: bool) -> None:
    """Destroy the key of SUBJECT (person:12): what is sealed of it is gone for good."""
    from fairpost.audit.actions.erase_subject import erase_subject

    if not yes and sys.stdin.isatty():
        click.confirm(
            _("Erase all that is sealed of {subject}? It cannot be undone.").format(subject=subject), abort=True
        )
    keys = erase_subject(actor=acting(), subject=subject, reason=reason)
    emit({"subject": subject, "keys": keys}, as_json)
