"""What a reviewer rules on a measure, checked whole before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fairpost.enforcement.appeals.states import OUTCOMES
from fairpost.enforcement.drafts import MeasureDraft
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

FOR_ONE = frozenset({"upheld", "overturned"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling: upheld, varied (to `varied`), overturned or remanded, with its reason.

    With `organisation_id` it is for this participant of the joint sender alone. `excluded` is what an overturn for one
    leaves out of the measure, as selectors ({"organisation": [7]}); None is the participant with its own accounts,
    {} nothing: then only the strike falls.
    """

    measure_id: int
    outcome: str
    reason: str
    organisation_id: int | None = None
    excluded: Mapping[str, Sequence[int]] | None = None
    varied: MeasureDraft | None = None


def check_rulings(
    rulings: Sequence[Ruling], measures: Collection[int], participants: Mapping[int, Collection[int]]
) -> None:
    """Raises Invalid unless every measure has one ruling as a whole, and participants at most one each.

    `participants` are, for measures on joint senders, those who take part.
    """
    whole = [each.measure_id for each in rulings if each.organisation_id is None]
    if sorted(whole) != sorted(measures):
        raise Invalid(
            _("Each measure of the appeal needs one ruling: {measures}.").format(
                measures=", ".join(f"M-{each}" for each in sorted(measures))
            ),
            field="rulings",
        )
    seen: set[tuple[int, int | None]] = set()
    for number, each in enumerate(rulings):
        place = f"rulings.{number}"
        if (each.measure_id, each.organisation_id) in seen:
            raise Invalid(_("There are two rulings on the same."), field=place)
        seen.add((each.measure_id, each.organisation_id))
        check_ruling(each, participants.get(each.measure_id, ()), place)


def check_ruling(ruling: Ruling, participants: Collection[int], place: str) -> None:
    if ruling.outcome not in OUTCOMES:
        raise Invalid(
            _("There is no outcome {outcome}.").format(outcome=repr(ruling.outcome)),
            field=f"{place}.outcome",
            hint=_("Choose one of {all}.").format(all=", ".join(OUTCOMES)),
        )
    if not ruling.reason.strip():
        raise Invalid(_("Each ruling has its reason."), field=f"{place}.reason")
    if (ruling.outcome == "varied") != (ruling.varied is not None):
        raise Invalid(_("A ruling is varied exactly where it says to what."), field=f"{place}.varied")
    if ruling.organisation_id is None:
        if ruling.excluded is not None:
            raise Invalid(_("Only a ruling for one participant leaves somebody out."), field=f"{place}.excluded")
        return
    if ruling.organisation_id not in participants:
        raise Invalid(
            _("Only a measure on a joint sender is split, among those who take part."), field=f"{place}.organisation_id"
        )
    if ruling.outcome not in FOR_ONE:
        raise Invalid(_("For one participant a measure is upheld or overturned."), field=f"{place}.outcome")
