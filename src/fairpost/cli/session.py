"""Who acts at the command line, and in which account."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.kernel.text import _

KEY_VARIABLE = "FAIRPOST_API_KEY"
ACCOUNT_VARIABLE = "FAIRPOST_ACCOUNT"
PAGE = 100


def acting() -> Actor:
    """The owner of the API key in FAIRPOST_API_KEY, else the administrator of this machine."""
    key = os.environ.get(KEY_VARIABLE, "")
    if key:
        from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key

        actor = authenticate_api_key(key, via="cli")
        if actor is None:
            raise Forbidden(
                _("The API key in {variable} is not valid: unknown, expired or revoked.").format(variable=KEY_VARIABLE),
                hint=_("Ask an owner of the account for a new one."),
            )
        return actor
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
    from fairpost.tenants.queries import accounts

    first = accounts(actor.account_id, limit=PAGE)
    if account:
        return named(actor, account, first)
    if len(first) == 1:
        return first[0].id
    if not first:
        raise NotFound(_("There is no account yet."), hint=_("Create one with `fairpost account create`."))
    raise Invalid(
        _("Which account? Name it with --account or {variable}.").format(variable=ACCOUNT_VARIABLE),
        field="account",
        hint=_("Accounts: {names}.").format(names=", ".join(each.slug for each in first[:20])),
    )


def named(actor: Actor, account: str, page: list[Any]) -> int:
    """The number of the account of this name, page by page."""
    from fairpost.tenants.queries import accounts

    while page:
        for each in page:
            if account in (str(each.id), each.slug, each.name):
                return each.id
        page = accounts(actor.account_id, after=page[-1].id, limit=PAGE)
    raise NotFound(
        _("There is no account {name!r}.").format(name=account), hint=_("`fairpost account list` shows them.")
    )
