"""What every command on templates begins with: who acts, in which account, on which draft."""

from __future__ import annotations

from typing import Any

from fairpost.cli.session import acting, resolve_account


def working(account: str) -> tuple[Any, int]:
    actor = acting()
    return actor, resolve_account(actor, account)


def named(account: str, template: str) -> tuple[Any, int, int]:
    from fairpost.content.queries.templates import template_named

    actor, account_id = working(account)
    return actor, account_id, template_named(actor, account_id, template)


def known_attributes(account_id: int) -> frozenset[str] | None:
    """The attributes that contacts have; None (unchecked) before any import has declared one."""
    from fairpost.contacts.actions.export_contacts import attribute_names

    return frozenset(attribute_names(account_id)) or None
