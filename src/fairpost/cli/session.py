"""Who acts at the command line, and in which account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import click

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.kernel.text import _

KEY_VARIABLE = "FAIRPOST_API_KEY"
ACCOUNT_VARIABLE = "FAIRPOST_ACCOUNT"
MANY = 20


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
    if account:
        for number, slug, name in accounts_of(actor):
            if account in (str(number), slug, name):
                return number
        raise NotFound(
            _("There is no account {name!r}.").format(name=account), hint=_("`fairpost account list` shows them.")
        )
    known = list(islice(accounts_of(actor), MANY))
    if len(known) == 1:
        return known[0][0]
    if not known:
        raise NotFound(_("There is no account yet."), hint=_("Create one with `fairpost account create`."))
    raise Invalid(
        _("Which account? Name it with --account or {variable}.").format(variable=ACCOUNT_VARIABLE),
        field="account",
        hint=_("Accounts: {names}.").format(names=", ".join(slug for _number, slug, _name in known)),
    )


def accounts_of(actor: Actor) -> Iterator[tuple[int, str, str]]:
    """(number, short name, name) of every account that this actor may see, page by page."""
    from fairpost.tenants.queries import accounts

    page = accounts(actor.account_id)
    while page:
        yield from ((each.id, each.slug, each.name) for each in page)
        page = accounts(actor.account_id, after=page[-1].id)
