"""What a measure would cover if it came into force now; nothing is stored by asking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairpost.enforcement.actions.propose_decision import cover
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.catalogue.mechanisms import check_mechanism, measure_kind
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.tenants.authorise import authorise


def coverage_preview(
    actor: Actor,
    kind: str,
    scope: Mapping[str, Any],
    mechanism: Mapping[str, Any] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Mapping[str, Any]:
    """Who and what is covered, who is expressly not and why, how many campaigns and contacts."""
    authorise(actor, "enforcement.read")
    check_mechanism(measure_kind(kind), mechanism or {})
    draft = MeasureDraft(kind, scope_from_json(scope), Duration("until"), dict(mechanism or {}))
    return cover(draft, clock.now()).statement
