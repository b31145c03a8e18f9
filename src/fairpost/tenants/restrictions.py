"""Every act in an account is put before what is in force there, by a question that enforcement answers.

Enforcement stands above this package, so it leaves its answer here when the program starts (`set_check`). Without one,
as in a program that only manages tenants, nothing is restricted.
"""

from __future__ import annotations

from collections.abc import Callable

from fairpost.kernel.actor import Actor
from fairpost.tenants.acts import ACTS, ALWAYS_READ, Act

Check = Callable[[Actor, Act, int, int | None], None]

_check: Check | None = None


def set_check(function: Check | None) -> None:
    """From now on `function(actor, act, account_id, unit_id)` decides; it raises `Restricted` or returns."""
    global _check
    _check = function


def check(actor: Actor, act: Act, account_id: int, unit_id: int | None) -> None:
    """Raises `Restricted` where what is in force forbids `act` in this account or (not None) unit."""
    if _check is not None and not act.always_allowed:
        _check(actor, act, account_id, unit_id)


def check_use(actor: Actor, capability: str, act: Act | None, account_id: int, unit_id: int | None) -> None:
    """The same for an act (None: a read), and first for the use of an account's API key.

    With keys switched off a key still does what is always allowed, and reads what is in force: it must remain
    possible to appeal and to export by a program. Keys of the installation's people are no part of the account.
    """
    if actor.api_key_id is not None and actor.account_id is not None and not open_to_keys(capability, act):
        check(actor, ACTS["api_key.use"], account_id, unit_id)
    if act is not None:
        check(actor, act, account_id, unit_id)


def open_to_keys(capability: str, act: Act | None) -> bool:
    return capability in ALWAYS_READ if act is None else act.always_allowed
