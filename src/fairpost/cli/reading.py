"""Commands that only read name the capability they need, exactly as actions do."""

from __future__ import annotations

from fairpost.cli.session import acting, resolve_account
from fairpost.kernel.actor import Actor


def may_read(account: str, capability: str = "account.read") -> tuple[Actor, int]:
    """The actor and the account's number; refuses like `authorise`."""
    from fairpost.tenants.authorise import authorise

    actor = acting()
    account_id = resolve_account(actor, account)
    authorise(actor, capability, account_id=account_id, unit_id=actor.unit_id)
    return actor, account_id
