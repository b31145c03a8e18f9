"""What an appeal may vary a measure to: less, shorter or milder, never more, so that no second person is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.catalogue.mechanisms import effect_of
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.enforcement.scope.selector import NOTHING, Scope
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

NO_OUTCOME = frozenset({"note", "escalate", "interim_hold", "brake"})

# (kind, key) -> whether the new value is no harder than the old one; all else must stay as it is.
EASIER: dict[tuple[str, str], Callable[[Any, Any], bool]] = {
    ("limit", "per_hour"): lambda new, old: new >= old,
    ("limit", "audience"): lambda new, old: new >= old,
    ("pre_review", "deadline_hours"): lambda new, old: new <= old,
    ("pre_review", "default"): lambda new, old: new in (old, "release"),
    ("terminate", "notice_days"): lambda new, old: new >= old,
    ("terminate", "export_days"): lambda new, old: new >= old,
    ("warn", "acknowledge_by"): lambda new, old: new >= old,
    ("warn", "next_step"): lambda new, old: True,
    ("require", "due"): lambda new, old: new >= old,
}


def check_narrower(new: MeasureDraft, old: MeasureDraft, since: datetime) -> None:
    """Raises Invalid where the new measure takes more than the old one did, from `since` on."""
    if new.kind in NO_OUTCOME:
        raise wider("kind", _("{kind} is no outcome of an appeal.").format(kind=new.kind))
    if not eases(new, old):
        raise wider("mechanism", _("It would do what the measure {kind} did not.").format(kind=old.kind))
    if not within(new.scope, old.scope):
        raise wider("scope", _("It would reach what the measure did not."))
    if not shorter(new.duration, old.duration, since):
        raise wider("duration", _("It would last longer than the measure."))
    if new.strikes and not old.strikes:
        raise wider("strike", _("It would count as a strike, and the measure did not."))


def wider(field: str, sentence: str) -> Invalid:
    return Invalid(
        sentence,
        field=f"varied.{field}",
        hint=_("An appeal can only narrow, shorten or ease; for anything else remand it to the case."),
    )


def within(new: Scope, old: Scope) -> bool:
    """Whether all that is in the new scope was in the old one."""
    for each in old.selectors:
        values = new.values(each.kind)
        if not values or not values <= each.values:
            return False
    kept = {each.kind: each.values for each in new.excluded}
    return all(each.values <= kept.get(each.kind, NOTHING) for each in old.excluded)


def shorter(new: Duration, old: Duration, since: datetime) -> bool:
    if new.kind == "instant":
        return True
    if (new.starts_at or since) < (old.starts_at or since):
        return False
    if old.ends_at is None:
        return True
    return new.ends_at is not None and new.ends_at <= old.ends_at


def eases(new: MeasureDraft, old: MeasureDraft) -> bool:
    """Whether it does no more at the gate, by its effect, and where it is of the same kind, by its mechanism."""
    if new.kind == old.kind:
        return all(no_harder(new.kind, key, new.mechanism.get(key), old.mechanism.get(key))
                   for key in {*new.mechanism, *old.mechanism})  # fmt: skip
    was, will = (effect_of(MEASURES[each.kind], each.mechanism) for each in (old, new))
    denied = set(was.get("denies", ()))
    if "*" in denied:
        return True
    if not set(will.get("denies", ())) <= denied:
        return False
    if will.get("review") or "per_hour" in will or "audience" in will:
        return "sending" in denied
    return True


def no_harder(kind: str, key: str, new: Any, old: Any) -> bool:
    if new == old:
        return True
    check = EASIER.get((kind, key))
    if check is None or new is None:
        return check is not None and kind == "limit"  # a limit that falls away
    return old is not None and check(new, old)
