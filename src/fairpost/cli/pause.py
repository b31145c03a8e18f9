"""`fairpost pause`: what an account pauses of its own; never a measure, and never by the platform."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.cli.times import moment
from fairpost.enforcement.actions.begin_pause import PAUSABLE, begin_pause
from fairpost.enforcement.actions.end_pause import end_pause
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.queries.pauses import pauses
from fairpost.kernel.text import _


@click.group("pause")
def command() -> None:
    """The account's own pauses, with who began them and when."""


@command.command("begin")
@click.argument("capability", type=click.Choice(PAUSABLE), default="sending")
@click.option("--unit", "unit_id", type=int, help="Only of this business unit; default: of the whole account.")
@click.option("--joint-sender", "joint_sender_id", type=int, help="Only what the account sends for this joint sender.")
@click.option("--until", help="When it ends by itself, like 3d; default: when somebody ends it.")
@click.option("--reason", help="Why; shown with the pause.")
@account_option
@json_option
def begin(capability, unit_id, joint_sender_id, until, reason, account, as_json):
    """Pause CAPABILITY (sending); when this returns, nothing more of it is handed to a relay."""
    actor = acting()
    done = begin_pause(
        actor=actor,
        account_id=resolve_account(actor, account),
        capability=capability,
        unit_id=unit_id,
        joint_sender_id=joint_sender_id,
        until=moment(until) if until else None,
        reason=reason,
    )
    if as_json:
        emit(done, True)
        return
    emit(done.pause, False)
    click.echo(_("Paused after {seconds:.2f} s.").format(seconds=done.fence.seconds))
    for each in done.fence.uncertain:
        click.echo(_("This sender did not confirm: {sender}.").format(sender=each))


@command.command("end")
@click.argument("pause_id")
@click.option("--reason", help="Why, for the record.")
@account_option
@json_option
def end(pause_id, reason, account, as_json):
    """End a pause, by its number: U-3. What it stopped goes on, unless something else is in its way."""
    actor = acting()
    done = end_pause(
        actor=actor,
        account_id=resolve_account(actor, account),
        pause_id=number_of("pause", pause_id),
        reason=reason,
    )
    emit(done, as_json)


@command.command("list")
@click.option("--over", is_flag=True, help="Those that are over, instead of those in force.")
@account_option
@json_option
def list_(over, account, as_json):
    """Show the account's pauses, the newest first."""
    actor = acting()
    rows = pauses(actor, resolve_account(actor, account), over=over)
    if as_json:
        emit(rows, True)
        return
    emit(
        [
            {
                "pause": each.label,
                "capability": each.capability,
                "state": each.state,
                "begun_by": each.begun_by,
                "begun_at": each.begun_at,
                "ends_at": each.ends_at,
                "ended_by": each.ended_by,
                "reason": each.reason,
            }
            for each in rows
        ],
        False,
    )
