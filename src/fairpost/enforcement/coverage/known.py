"""A scope that names somebody who does not exist is a slip, and would restrict nobody."""

from __future__ import annotations

from collections.abc import Collection

from fairpost.enforcement.scope.selector import SELECTORS, Scope
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.queries.senders import held_accounts, organisation_names


def check_known(scope: Scope) -> None:
    """Raises Invalid for an account or organisation that there is not."""
    accounts = {int(each) for each in scope.values("account")}
    organisations = {int(each) for each in scope.values("organisation")}
    refuse("account", accounts - {each.account_id for each in held_accounts(accounts)})
    refuse("organisation", organisations - organisation_names(organisations).keys())


def refuse(kind: str, missing: Collection[int]) -> None:
    if missing:
        raise Invalid(
            _("There is no {kind} {number}.").format(kind=_(SELECTORS[kind].sentence), number=min(missing)),
            field=f"scope.{kind}",
        )
