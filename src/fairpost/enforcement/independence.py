"""Nobody judges their own cause: whoever holds a role in an account decides nothing about it for the platform."""

from __future__ import annotations

from collections.abc import Iterable

from fairpost.kernel.errors import Forbidden, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.queries import person


def refuse_own_cause(person_id: int, accounts: Iterable[int | None]) -> None:
    """Raises Forbidden where the person holds a role in one of these accounts."""
    for account_id in accounts:
        if account_id is None:
            continue
        try:
            person(account_id, person_id)
        except NotFound:
            continue
        raise Forbidden(
            _("You hold a role in the account that this is about; another person must do it."), field="account_id"
        )
