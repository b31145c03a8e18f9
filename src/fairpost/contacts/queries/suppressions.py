"""Which suppressions apply to a mailing is decided here, the same for freezing and for each attempt.

A suppression with reach list applies to every mailing that addresses the list, also where another list of the
audience has the contact too: a person who left one of the addressed lists is not mailed by way of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mailing:
    """Everything about a mailing that a suppression's reach can name."""

    account_id: int
    unit_id: int | None = None
    sending_domain: str = ""
    joint_sender_id: int | None = None
    list_ids: tuple[int, ...] = ()


def own_suppressions(mailing: Mailing) -> tuple[str, list[Any]]:
    """SQL over `suppression s` of the mailing's account, and its parameters."""
    pairs = [("account", ""), *(("list", str(each)) for each in mailing.list_ids)]
    if mailing.sending_domain:
        pairs.append(("domain", mailing.sending_domain))
    if mailing.unit_id is not None:
        pairs.append(("unit", str(mailing.unit_id)))
    return f"s.account_id = %s AND {among(pairs)}", [mailing.account_id, *flat(pairs)]


def shared_suppressions(mailing: Mailing) -> tuple[str, list[Any]]:
    """SQL over `shared_suppression s`, and its parameters."""
    pairs = [("installation", "")]
    if mailing.joint_sender_id is not None:
        pairs.append(("joint_sender", str(mailing.joint_sender_id)))
    return among(pairs), flat(pairs)


def among(pairs: list[tuple[str, str]]) -> str:
    return f"(s.reach, s.reach_id) IN ({', '.join(['(%s, %s)'] * len(pairs))})"


def flat(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [each for pair in pairs for each in pair]
