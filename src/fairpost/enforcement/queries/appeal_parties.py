"""Who may appeal against a decision: everybody who is told of it, each in its own name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.models import Notice, RegisterParty
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.issue import informed_at
from fairpost.enforcement.queries.decisions import DecisionView, MeasureView, decision_view
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.queries import account
from fairpost.tenants.queries.neighbourhood import accounts_held_by, every_organisation, organisations_same

APPEALABLE = frozenset({"scheduled", "active", "stayed", "expired", "lapsed", "lifted", "superseded"})


@dataclass(frozen=True, slots=True)
class AppealParty:
    """An organisation that may appeal through an account, with the measures of the decision that concern it.

    `through_account`: it is told as that account; otherwise as a participant in its own name.
    """

    account_id: int
    organisation_id: int
    measures: tuple[MeasureView, ...]
    through_account: bool


def party(decision_id: int, account_id: int, organisation_id: int | None, now: datetime) -> AppealParty:
    """The party that this account speaks for. Raises NotFound where the decision does not concern it.

    Without `organisation_id` it is the account's own holder, or the only organisation that it can speak for; Invalid
    where there are several.
    """
    options = {each.organisation_id: each for each in parties_of(decision_view(decision_id, now), account_id)}
    if not options:
        raise NotFound(_("There is no decision {decision}.").format(decision=label("decision", decision_id)))
    if organisation_id is not None:
        same = organisations_same([organisation_id])
        found = next((each for number, each in options.items() if number in same), None)
        if found is None:
            raise NotFound(_("There is no such organisation."), field="organisation_id")
        return found
    own = next((each for each in options.values() if each.through_account), None)
    if own is None and len(options) > 1:
        raise Invalid(
            _("In whose name? Name the organisation."),
            field="organisation_id",
            hint=_("You can appeal for {numbers}.").format(numbers=", ".join(str(each) for each in sorted(options))),
        )
    return own or next(iter(options.values()))


def parties_of(decision: DecisionView, account_id: int) -> list[AppealParty]:
    """Every party that this account can appeal for; none where it is not told of the decision."""
    measures = [each for each in decision.measures if MEASURES[each.kind].notified and each.state in APPEALABLE]
    found = []
    told = tuple(each for each in measures if {"account_id": account_id} in each.coverage["notices"])
    if told:
        found.append(AppealParty(account_id, account(account_id).holder_id, told, True))
    for number in organisations_told(measures):
        if speaks_for(account_id, number) and not (found and number in organisations_same([found[0].organisation_id])):
            mine = tuple(each for each in measures if {"organisation_id": number} in each.coverage["notices"])
            found.append(AppealParty(account_id, number, mine, False))
    return found


def organisations_told(measures: list[MeasureView]) -> list[int]:
    told = [each for measure in measures for each in measure.coverage["notices"]]
    return sorted({each["organisation_id"] for each in told if "organisation_id" in each})


def accounts_told(decision: DecisionView) -> list[int]:
    """The accounts that the decision concerns, those of participants included: none of their people judges it."""
    told = [each for measure in decision.measures for each in measure.coverage["notices"]]
    organisations = {each["organisation_id"] for each in told if "organisation_id" in each}
    accounts = {each["account_id"] for each in told if "account_id" in each}
    return sorted(accounts | accounts_held_by(organisations))


def speaks_for(account_id: int, organisation_id: int) -> bool:
    """An account speaks for who holds it, and for an organisation without account that it registered itself."""
    held = accounts_held_by([organisation_id])
    if held:
        return account_id in held
    (place,) = every_organisation(after=organisation_id - 1, limit=1)
    return place.account_id == account_id


def informed(party: AppealParty, decision_id: int, now: datetime) -> datetime:
    """When the party was told; what was written and not handed over to anybody yet has told nobody: then it is now."""
    handed = informed_at(decision_id, party.account_id, None if party.through_account else party.organisation_id)
    if handed is not None:
        return handed
    if Notice.objects.filter(decision_id=decision_id, account_id=party.account_id).exists():
        return now
    activated = min(act.at for each in party.measures for act in each.acts if act.act == "activated")
    whom = {"account_id": party.account_id} if party.through_account else {"organisation_id": party.organisation_id}
    added = RegisterParty.objects.filter(entry__decision_id=decision_id, **whom).values_list("added_at", flat=True)
    return max([activated, *added])
