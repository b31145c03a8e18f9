"""`fairpost hook`: addresses that providers post to, and what became of their posts."""

from __future__ import annotations

import click

from fairpost.cli.output import emit, json_option
from fairpost.cli.session import account_option, acting, resolve_account
from fairpost.integrations.actions.add_hook import add_hook, remove_hook
from fairpost.integrations.queries.hooks import hooks
from fairpost.integrations.queries.hooks import posts as posts_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

installation_option = click.option(
    "--installation", is_flag=True, help="A hook of the installation, for every account, instead of one of an account."
)


def place_of(actor: Actor, account: str, installation: bool) -> int | None:
    return None if installation else resolve_account(actor, account)


@click.group("hook")
def command() -> None:
    """Take bounces, complaints and donations that providers post."""


@command.command("add")
@click.argument("provider")
@click.option("--name", default="", help="What your people call it.")
@click.option("--set", "settings", multiple=True, help="A setting of the provider, as NAME=VALUE; repeat.")
@click.option("--secret", help="whsec_ and the base64 of 24 to 64 octets; default: a new one.")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def add(provider, name, settings, secret, reason, installation, account, as_json):
    """Make an address for PROVIDER (ses, generic, donations); its secret is shown this once."""
    actor = acting()
    added = add_hook(
        actor=actor,
        account_id=place_of(actor, account, installation),
        provider=provider,
        name=name,
        settings=dict(pair(each) for each in settings),
        secret=secret,
        reason=reason,
    )
    emit(added, as_json)


@command.command("list")
@installation_option
@account_option
@json_option
def list_(installation, account, as_json):
    """Show the hooks with the addresses that providers post to."""
    actor = acting()
    emit(hooks(actor, place_of(actor, account, installation)), as_json)


@command.command("posts")
@click.argument("hook_id")
@click.option("--before", type=int, help="Show those with a lower id than this.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@installation_option
@account_option
@json_option
def posts(hook_id, before, limit, installation, account, as_json):
    """Show what came to a hook and what became of it, the newest first."""
    actor = acting()
    place = place_of(actor, account, installation)
    emit(posts_of(actor, place, hook_id, before=before, limit=limit), as_json)


@command.command("remove")
@click.argument("hook_id")
@click.option("--reason", help="Why, for the record.")
@installation_option
@account_option
@json_option
def remove(hook_id, reason, installation, account, as_json):
    """End a hook for good; posts to it are refused."""
    actor = acting()
    remove_hook(actor=actor, account_id=place_of(actor, account, installation), hook_id=hook_id, reason=reason)
    emit({"hook_id": hook_id, "removed": True}, as_json)


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Invalid(
            _("{text} is no setting.").format(text=repr(text[:60])), field="set", hint=_("Write it as NAME=VALUE.")
        )
    return name, value
