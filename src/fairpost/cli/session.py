"""Who acts at the command line, and in which account."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _

KEY_VARIABLE = "FAIRPOST_API_KEY"
ACCOUNT_VARIABLE = "FAIRPOST_ACCOUNT"


def acting() -> Actor:
    """The owner of the API key in FAIRPOST_API_KEY, else the administrator of this machine."""
    key = os.environ.get(KEY_VARIABLE, "")
    if key:
        from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key

        return authenticate_api_key(key, via="cli")
    from fairpost.tenants.actors import local_operator

    return local_operator()


def account_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--account`, passed on as `account: str`; empty means the only account there is."""
    return click.option(
        "--account",
        default="",
        envvar=ACCOUNT_VARIABLE,
        help="Account to work in, by name or number; default: FAIRPOST_ACCOUNT, else the only one.",
    )(command)


def resolve_account(actor: Actor, account: str) -> int:
    """The account's number. Another's account is not found, exactly as one that does not exist.

    `account` is a number, the short name or the full name; empty means the actor's own account or the only
    one.
    """
    known = accounts_of(actor)
    if account:
        for number, slug, name in known:
            if account in (str(number), slug, name):
                return number
        raise NotFound(_("There is no account {account!r}.").format(account=account), hint=seen(known))
    if len(known) == 1:
        return known[0][0]
    if not known:
        raise NotFound(_("There is no account yet."), hint=_("Create one with `fairpost account create`."))
    raise Invalid(
        _("Which account? Name it with --account or FAIRPOST_ACCOUNT."), field="account", hint=seen(known)
    )


def seen(known: list[tuple[int, str, str]]) -> str:
    return (
        _("Accounts: {names}.").format(names=", ".join(slug for _number, slug, _name in known[:20]))
        if known
        else ""
    )


def accounts_of(actor: Actor) -> list[tuple[int, str, str]]:
    """(number, short name, name) of every account that this actor may see."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, slug, name FROM account WHERE %s::bigint IS NULL OR id = %s ORDER BY id",
            [actor.account_id, actor.account_id],
        )
        return cursor.fetchall()
