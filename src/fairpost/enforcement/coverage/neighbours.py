"""Those one step away from what a measure covers, each with the reason why it does not reach them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fairpost.kernel.text import mark
from fairpost.tenants.queries.senders import HeldAccount, Sender

PARTICIPANT = mark("takes part in the joint sender; what it sends for itself is not covered")
PARTICIPANTS_ACCOUNT = mark("held by a participant of the joint sender; its own mail is not covered")
SIBLING_ACCOUNT = mark("held by the same organisation; another contract, not named")
SIBLING_UNIT = mark("another business unit of the account; not named")
SIBLING_IDENTITY = mark("another sender of the unit; not named")
SAME_DOMAIN = mark("sends from the same domain in another account; not named")
OTHER_MAIL = mark("all other mail of these senders")

Line = dict[str, Any]


def neighbours(
    covered: Sequence[Sender], everybody: Iterable[Sender], accounts: Iterable[HeldAccount]
) -> Iterator[Line]:
    """Lines {kind, id, name, why}: participants and their accounts, siblings, and those who share a domain."""
    by_identity = {each.identity_id for each in covered}
    covered_accounts = {each.account_id for each in covered}
    covered_units = {each.unit_id for each in covered}
    holders = frozenset().union(*(each.holder_ids for each in covered))
    members = frozenset().union(*(each.participant_ids for each in covered))
    domains = {each.domain for each in covered}
    for account in accounts:
        if account.account_id in covered_accounts:
            continue
        if account.holder_ids & members:
            yield line("account", account.account_id, account.name, PARTICIPANTS_ACCOUNT)
        elif account.holder_ids & holders:
            yield line("account", account.account_id, account.name, SIBLING_ACCOUNT)
    units: set[int] = set()
    for each in everybody:
        if each.identity_id in by_identity:
            continue
        if each.unit_id in covered_units:
            yield line("identity", each.identity_id, each.from_address, SIBLING_IDENTITY)
        elif each.account_id in covered_accounts:
            if each.unit_id not in units:
                units.add(each.unit_id)
                yield line("unit", each.unit_id, each.unit_name, SIBLING_UNIT)
        elif each.domain in domains:
            yield line("identity", each.identity_id, each.from_address, SAME_DOMAIN)


def line(kind: str, number: int | None, name: str, why: str) -> Line:
    return {"kind": kind, "id": number, "name": name, "why": why}
