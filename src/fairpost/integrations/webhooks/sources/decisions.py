"""Decisions that concern the account, told when its people are told: what a notice may not say yet, no webhook says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairpost.enforcement.queries.tellings import newest_telling, tellings
from fairpost.integrations.webhooks.outbox import Happened

IN_FORCE = {"decision", "addendum", "coverage_changed", "stay_ended"}
LIFTED = {"lifted", "overturned", "superseded", "stayed"}


def newest(account_id: int) -> int:
    return newest_telling(account_id)


def read(_cursor: Any, account_id: int, after: int, limit: int) -> tuple[int, int, Sequence[Happened]]:
    """(number of the last telling, how many, events) behind number `after`."""
    found = tellings(account_id, after=after, limit=limit)
    events = []
    for each in found:
        name = "decision.in_force" if each.why in IN_FORCE else "decision.lifted" if each.why in LIFTED else ""
        if name:
            facts = {"decision": each.decision, "measures": list(each.measures), "why": each.why, "url": each.url}
            key = f"{each.decision} {each.why} {','.join(each.measures)} {each.at.isoformat()}"
            events.append(Happened(name, key, each.at, None, None, facts))
    return (found[-1].id if found else after), len(found), events
