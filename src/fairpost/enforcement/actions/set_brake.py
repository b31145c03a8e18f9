"""The machine stops one campaign or one sender for four hours, with reasons; it lapses unless a person confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairpost.enforcement.acting import state_of
from fairpost.enforcement.actions.activate_decision import Activated, put_in_force
from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import write_decision
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.catalogue.measures import BRAKE
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
from fairpost.enforcement.models import Measure
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.scope.selector import Scope, scope_from_json
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.kernel.text import _, mark

QUEUE = "brakes"
AGAIN_AFTER = timedelta(hours=24)  # a chain of brakes would be a measure that nobody took
CAUSES = {
    "bounces": mark("More mail bounces than the limit allows"),
    "complaints": mark("More people complain than the limit allows"),
    "refused": mark("Mailbox providers refuse what was sent"),
    "hijacked": mark("The account shows signs of being used by somebody else"),
    "screening": mark("A screening rule found something that must not go on unseen"),
}
NARROW = ("campaign", "identity")
# Kept from the people of the account only: contacts outside it are told.
HIJACKED = "hijacked: somebody else may be using the account"


@dataclass(frozen=True, slots=True)
class Braked:
    """The case that the machine opened, and the brake; without one where a person had cleared the content before."""

    case_id: int
    activated: Activated | None


def set_brake(
    *,
    actor: Actor,
    account_id: int,
    scope: Mapping[str, Any],
    cause: str,
    facts: str,
    evidence: str,
    clause: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Braked:
    """Stops one campaign or one sender identity of the account, for four hours at most, and tells its people at once.

    `cause` is one of CAUSES, `facts` what was counted or found, `clause` the rule it breaks. Raises Forbidden for
    anybody but the machine, Invalid for a wider scope, Conflict where the same was braked within a day: from then on
    a person decides.
    """
    if actor.via != "system":
        raise Forbidden(_("A brake is the machine's own."), hint=_("A person takes an interim hold."))
    now = clock.now()
    narrow = narrow_scope(account_id, scope)
    check_cause(cause)
    refuse_chains(narrow, now)
    case_id = open_case(
        actor=actor, title=_(CAUSES[cause]), source="machine", account_id=account_id, queue=QUEUE, due_at=now + BRAKE,
        clock=clock,
    )  # fmt: skip
    add_evidence(actor=actor, case_id=case_id, label=cause, text=evidence, reference=reference(narrow), clock=clock)
    if cause == "screening" and cleared(account_id, narrow):
        return Braked(case_id, None)
    made = write_decision(
        actor=actor, case_id=case_id, clauses=[clause], draft=draft(facts, cause, narrow, account_id, now), now=now
    )
    return Braked(case_id, put_in_force(actor, made.id, None, now))


def narrow_scope(account_id: int, scope: Mapping[str, Any]) -> Scope:
    """One campaign or one identity, of this account."""
    found = scope_from_json({**scope, "account": [account_id]})
    named = [each for each in found.selectors if each.kind != "account"]
    if len(named) != 1 or named[0].kind not in NARROW or len(named[0].values) != 1 or found.excluded:
        raise Invalid(_("A brake stops one campaign or one sender identity, nothing wider."), field="scope")
    return found


def check_cause(cause: str) -> None:
    if cause not in CAUSES:
        raise Invalid(
            _("There is no cause {cause} for a brake.").format(cause=repr(cause)),
            field="cause",
            hint=_("Choose one of {all}.").format(all=", ".join(CAUSES)),
        )


def refuse_chains(scope: Scope, now: datetime) -> None:
    wanted = scope.to_json()
    for each in Measure.objects.filter(kind="brake", scope__contains=wanted).order_by("-pk").prefetch_related("acts"):
        if state_of(each, now) in ("active", "stayed", "scheduled"):
            raise Conflict(_("The brake {measure} is on already.").format(measure=label("measure", each.pk)))
        if any(act.act == "activated" and act.at > now - AGAIN_AFTER for act in each.acts.all()):
            raise Conflict(
                _("This was braked already: {measure}. A person must decide.").format(measure=label("measure", each.pk))
            )


def cleared(account_id: int, scope: Scope) -> bool:
    """Whether a person released the content of the campaign: a later automatic rule opens a case, and no more."""
    wanted = scope.values("campaign")
    return any(
        each.subject.cleared_at is not None
        for each in mailings().all([account_id])
        if str(each.campaign_id) in wanted
    )


def reference(scope: Scope) -> str:
    return next(f"{each.kind}:{value}" for each in scope.selectors if each.kind in NARROW for value in each.values)


def draft(facts: str, cause: str, scope: Scope, account_id: int, now: datetime) -> DecisionDraft:
    return DecisionDraft(
        facts=facts,
        measures=[MeasureDraft("brake", scope, Duration("until", ends_at=now + BRAKE))],
        milder_step=_("a warning to the sender"),
        milder_why_not=_("the mail would have left before anybody could have acted on it"),
        campaigns=[(account_id, int(each)) for each in sorted(scope.values("campaign"))],
        automated_detection=True,
        automated_decision="full",
        notice_withheld=HIJACKED if cause == "hijacked" else "",
    )
