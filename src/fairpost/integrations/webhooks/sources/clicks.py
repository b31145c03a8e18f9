"""Opens and clicks of people are noted inside the transaction that folds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from fairpost.events.hits import NO_LINK
from fairpost.events.kinds import CLICK, OPEN, PERSON
from fairpost.integrations.webhooks.outbox import Happened, Live, live_webhooks, note
from fairpost.integrations.webhooks.sources.mailings import mailings
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock

TYPES = {OPEN: "contact.opened", CLICK: "contact.clicked"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 5000  # events of one account in one statement


def note_folded(cursor: Any, hits: np.ndarray, machine: np.ndarray, clock: Clock = SYSTEM_CLOCK) -> None:
    """A listener of the fold: see `fairpost.events.listeners`. Costs a look at the webhooks where nobody wants any."""
    wanting: dict[int, list[Live]] = {}
    for each in live_webhooks(cursor):
        if each.types & set(TYPES.values()):
            wanting.setdefault(each.account_id, []).append(each)
    if not wanting:
        return
    people = (machine == PERSON) & (hits["test"] == 0) & np.isin(hits["kind"], list(TYPES))
    for account_id, webhooks in sorted(wanting.items()):
        own = hits[people & (hits["account"] == account_id)]
        for start in range(0, len(own), AT_ONCE):
            some = own[start : start + AT_ONCE]
            note(cursor, account_id, webhooks, events_of(cursor, account_id, some), clock.now())


def events_of(cursor: Any, account_id: int, hits: np.ndarray) -> list[Happened]:
    units = mailings(cursor, account_id, {int(each) for each in np.unique(hits["campaign"])})
    events = []
    for at, campaign, ordinal, link, kind in zip(
        *(hits[name].tolist() for name in ("at", "campaign", "ordinal", "link", "kind")), strict=True
    ):
        facts = {"campaign_id": campaign, **({"link": link} if link != NO_LINK else {})}
        key = f"{campaign} {ordinal} {link} {at}"
        when = EPOCH + timedelta(microseconds=at)
        events.append(Happened(TYPES[kind], key, when, units.unit(campaign), ordinal, facts))
    return events
