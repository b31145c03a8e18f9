"""`fairpost relay`: the SMTP servers that take the mail, and the pace of destinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from fairpost.cli.output import emit, json_option, plain
from fairpost.cli.session import acting, resolve_account
from fairpost.delivery.actions.change_relay_queue import change_relay_queue
from fairpost.delivery.actions.create_relay import create_relay
from fairpost.delivery.actions.resume_relay import resume_relay, stop_relay
from fairpost.delivery.actions.set_destination_rate import set_destination_rate
from fairpost.delivery.queries.relays import relays
from fairpost.delivery.reach.adapters import KINDS

QUEUE = (
    click.option("--config-directory", default="", help="Postfix: folder of main.cf; default: /etc/postfix."),
    click.option("--postsuper", default="", help="Postfix: the program; default: /usr/sbin/postsuper."),
    click.option("--postqueue", default="", help="Postfix: the program; default: /usr/sbin/postqueue."),
    click.option("--mail-log", "log", default="", help="Postfix: its log; default: /var/log/mail.log."),
    click.option("--admin-url", "url", default="", help="KumoMTA: address of its admin API."),
    click.option("--admin-user", "admin_user", default="", help="KumoMTA: user name for its admin API."),
    click.option(
        "--admin-secret-file",
        "secret_file",
        type=click.File(),
        help="KumoMTA: file with the password or token for its admin API; - reads standard input.",
    ),
)


def queue_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say how a relay's queue is reached."""
    for option in reversed(QUEUE):
        function = option(function)
    return function


def queue_access(config_directory, postsuper, postqueue, log, url, admin_user, **_others: Any) -> dict[str, str]:
    """The access that these options name; what was not given has its default."""
    return {
        "config_directory": config_directory,
        "postsuper": postsuper,
        "postqueue": postqueue,
        "log": log,
        "url": url,
        "username": admin_user,
    }


@click.group("relay")
def command() -> None:
    """SMTP servers that Fairpost hands mail to."""


@command.command("create")
@click.argument("name")
@click.option("--host", required=True, help="Host name or address of the SMTP server.")
@click.option("--port", default=25, show_default=True, help="TCP port.")
@click.option("--pool", default="default", show_default=True, help="Pool that shares the load; made when new.")
@click.option("--for-account", default="", help="Make the pool this account's own; default: everybody's.")
@click.option(
    "--tls", type=click.Choice(["none", "starttls", "tls"]), default="starttls", show_default=True,
    help="How the connection is secured.",
)  # fmt: skip
@click.option("--no-verify", is_flag=True, help="Accept any certificate (only for a relay on your own network).")
@click.option("--ca-file", default="", help="PEM file of the authority that signed the relay's certificate.")
@click.option("--username", default="", help="User name for AUTH.")
@click.option("--password-file", type=click.File(), help="File with the password for AUTH; - reads standard input.")
@click.option("--signs", is_flag=True, help="The relay adds DKIM signatures itself; Fairpost then adds none.")
@click.option("--weight", default=1, show_default=True, help="Share of the pool's load.")
@click.option("--rate", type=float, help="Messages a second over all senders; default: no limit.")
@click.option("--max-connections", type=int, help="Connections of each sending process; default: its share.")
@click.option("--max-messages", default=0, show_default=True, help="Messages on one connection; 0: no cap.")
@click.option(
    "--kind", type=click.Choice(KINDS), default="smtp", show_default=True, help="How its queue is reached; smtp: not."
)
@queue_options
@json_option
def create(
    name, host, port, pool, for_account, tls, no_verify, ca_file, username, password_file, signs, weight, rate,
    max_connections, max_messages, kind, as_json, **access,
):  # fmt: skip
    """Add a relay."""
    actor = acting()
    row = create_relay(
        actor=actor,
        pool_account_id=resolve_account(actor, for_account) if for_account else None,
        name=name,
        host=host,
        port=port,
        pool=pool,
        tls=tls,
        verify=not no_verify,
        ca_file=ca_file,
        username=username,
        password=password_file.read().strip() if password_file else "",
        signs=signs,
        weight=weight,
        rate_per_second=rate,
        max_connections=max_connections,
        max_messages=max_messages,
        kind=kind,
        queue=queue_access(**access),
        queue_secret=access["secret_file"].read().strip() if access["secret_file"] else "",
    )
    emit(row, as_json)


@command.command("queue")
@click.argument("relay_id", type=int)
@click.option("--kind", type=click.Choice(KINDS), required=True, help="How its queue is reached; smtp: not.")
@queue_options
@click.option("--reason", help="Why; kept in the audit record.")
@json_option
def queue(relay_id: int, kind: str, reason: str | None, as_json: bool, **access: Any) -> None:
    """Say how the queue of a relay is reached, so that mail in it can be held."""
    secret = access["secret_file"].read().strip() if access["secret_file"] else None
    row = change_relay_queue(
        actor=acting(),
        relay_id=relay_id,
        kind=kind,
        queue=queue_access(**access),
        queue_secret=secret,
        reason=reason,
    )
    emit(row, as_json)


@command.command("list")
@json_option
def list_relays(as_json: bool) -> None:
    """Every relay, and why it stands still where it does."""
    rows = relays()
    if as_json:
        emit(rows, True)
    else:  # paths and addresses of queues would make the lines too long to read
        emit([{name: value for name, value in plain(row).items() if name != "queue"} for row in rows], False)


@command.command("stop")
@click.argument("relay_id", type=int)
@click.option("--reason", help="Why; shown in the list.")
@json_option
def stop(relay_id: int, reason: str | None, as_json: bool) -> None:
    """Take a relay out of use."""
    emit(stop_relay(actor=acting(), relay_id=relay_id, reason=reason), as_json)


@command.command("resume")
@click.argument("relay_id", type=int)
@click.option("--password-file", type=click.File(), help="File with a new password; - reads standard input.")
@click.option("--reason", help="Why; kept in the audit record.")
@json_option
def resume(relay_id: int, password_file, reason: str | None, as_json: bool) -> None:
    """Put a stopped relay back to work."""
    password = password_file.read().strip() if password_file else None
    emit(resume_relay(actor=acting(), relay_id=relay_id, password=password, reason=reason), as_json)


@command.command("pace")
@click.argument("destination")
@click.argument("per_second", type=float, required=False)
def pace(destination: str, per_second: float | None) -> None:
    """Limit all senders together to PER_SECOND messages to a mailbox provider or domain; without it: no limit."""
    set_destination_rate(actor=acting(), destination=destination, per_second=per_second)
