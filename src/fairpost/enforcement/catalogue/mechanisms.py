"""How each kind of measure works, in machine-readable form: checked when it is proposed, obeyed by the gate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fairpost.enforcement.catalogue.capabilities import PRODUCTS
from fairpost.enforcement.catalogue.durations import time_of
from fairpost.enforcement.catalogue.measures import LONGEST_QUEUE_HOLD, MEASURES, MeasureKind
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

QUEUE = ("hold", "return", "expire")
ON_TIME_OUT = ("release", "block")
NOTICE_DAYS = 30


def measure_kind(code: str) -> MeasureKind:
    """The kind of this code. Raises Invalid."""
    if code not in MEASURES:
        raise Invalid(
            _("There is no measure {kind}.").format(kind=repr(code)),
            field="kind",
            hint=_("Choose one of {all}.").format(all=", ".join(MEASURES)),
        )
    return MEASURES[code]


def check_mechanism(kind: MeasureKind, mechanism: Mapping[str, Any]) -> None:
    """Raises Invalid where the mechanism lacks something, or names what this measure does not have."""
    for name in sorted(kind.mechanism - mechanism.keys()):
        raise Invalid(
            _("A measure {kind} must state its {name}.").format(kind=kind.code, name=name), field=f"mechanism.{name}"
        )
    for name, value in mechanism.items():
        check = CHECKS.get((kind.code, name))
        if check is None and name not in kind.mechanism:
            raise Invalid(
                _("A measure {kind} has no {name}.").format(kind=kind.code, name=name), field=f"mechanism.{name}"
            )
        if check is not None and not check(value):
            raise Invalid(
                _("{value} is no {name} of a measure {kind}.").format(value=repr(value), name=name, kind=kind.code),
                field=f"mechanism.{name}",
            )
    if kind.code == "limit" and not mechanism.keys() & {"per_hour", "audience"}:
        raise Invalid(_("A limit states per_hour, audience or both."), field="mechanism")
    if "due" in mechanism:
        time_of(mechanism["due"], "due")


def between(least: int, most: int):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


CHECKS = {
    ("pre_review", "deadline_hours"): between(1, 72),
    ("pre_review", "default"): lambda value: value in ON_TIME_OUT,
    ("limit", "per_hour"): between(1, 100_000_000),
    ("limit", "audience"): between(1, 1_000_000_000),
    ("capability_off", "capability"): lambda value: value in PRODUCTS,
    ("suspend_sending", "queue"): lambda value: value in QUEUE,
    ("suspend_sending", "hold_hours"): between(1, LONGEST_QUEUE_HOLD),
    ("terminate", "notice_days"): between(0, 365),
    ("terminate", "export_days"): between(1, 365),
}


def effect_of(kind: MeasureKind, mechanism: Mapping[str, Any]) -> dict[str, Any]:
    """What it does at the gate: {denies, review, per_hour, audience}; empty where it restricts nothing by itself."""
    denies = sorted(mechanism["capability"] if each == "mechanism" else each for each in kind.denies)
    effect: dict[str, Any] = {}
    if denies:
        effect["denies"] = denies
    if kind.review:
        effect["review"] = True
    if kind.code == "limit":
        effect |= {name: mechanism[name] for name in ("per_hour", "audience") if name in mechanism}
    return effect


def needs_of(kind: MeasureKind, mechanism: Mapping[str, Any]) -> frozenset[str]:
    """The capabilities that it concerns, for its coverage."""
    effect = effect_of(kind, mechanism)
    return frozenset(effect["denies"]) if "denies" in effect else frozenset({"sending"})


def starts_at(kind: MeasureKind, mechanism: Mapping[str, Any], wanted: datetime | None, now: datetime) -> datetime:
    """When it begins: as wanted, but the end of a contract not before its notice has run."""
    begin = wanted if wanted is not None and wanted > now else now
    if kind.code == "terminate":
        begin = max(begin, now + timedelta(days=mechanism.get("notice_days", NOTICE_DAYS)))
    return begin
