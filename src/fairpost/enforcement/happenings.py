"""What follows when something happens: one table, and all of it in the same transaction as the act itself."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened: a name of `FOLLOWERS`, what it happened to, when, and what else a follower needs to know.

    `decision` is the decision as it stands then, where whoever tells has read it already.
    """

    name: str
    at: datetime
    decision_id: int | None = None
    measure_id: int | None = None
    appeal_id: int | None = None
    account_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    decision: Any = None


# happening -> functions (module:function) that take the Happening, in this order.
FOLLOWERS: dict[str, tuple[str, ...]] = {
    "decision.activated": (
        "fairpost.enforcement.register.followers:enter_in_register",
        "fairpost.enforcement.notices.issue:tell_of_decision",
        "fairpost.enforcement.strike_threshold:look_at_strikes",
    ),
    "measure.lifted": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_act",
    ),
    "measure.overturned": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_act",
    ),
    "measure.superseded": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_act",
    ),
    "measure.stayed": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_act",
    ),
    "measure.stay_ended": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_act",
    ),
    "coverage.extended": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_coverage",
    ),
    "appeal.filed": (),
    "appeal.stay_refused": ("fairpost.enforcement.notices.issue:tell_of_refused_stay",),
    "appeal.decided": (
        "fairpost.enforcement.register.followers:amend_register",
        "fairpost.enforcement.notices.issue:tell_of_appeal",
    ),
    "campaign.held": ("fairpost.enforcement.notices.issue:tell_of_held_campaign",),
    "campaign.reviewed": ("fairpost.enforcement.notices.issue:tell_of_held_campaign",),
}


def follow(happening: Happening) -> None:
    """Calls everything that follows. What fails makes the act fail: nothing happens in silence."""
    for target in FOLLOWERS[happening.name]:
        module, _colon, name = target.partition(":")
        getattr(importlib.import_module(module), name)(happening)
