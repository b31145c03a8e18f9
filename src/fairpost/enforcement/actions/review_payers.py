"""Has a person look at mail that says it is paid for by a joint sender under a measure, and is not declared its mail.

It may be the joint sender's under another name, or a critic's who quotes it; so nothing is blocked, and after a day
without a look it goes out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.coverage.paid_for import says_paid_for_by, stops_a_joint_sender
from fairpost.enforcement.force.effective import Effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.store import current
from fairpost.enforcement.queries.content_facts import content_facts
from fairpost.enforcement.scope.subject import Subject
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.text import _
from fairpost.tenants.queries.neighbourhood import joint_sender_names

MACHINE = Actor(name="payers", via="system")
QUEUE = "payers"


def review_what_names_a_payer(
    account_id: int, version_id: int, subject: Subject, answer: Effective, now: datetime
) -> Effective:
    """The answer, with a review by every measure whose joint sender the content names as its payer; opens a case.

    Content that a person released since the measure began is not asked about again.
    """
    named = {
        force: name
        for force in list(current().forces.values())
        if stops_a_joint_sender(force, subject)
        and force.in_force(subject, now)
        and not force.satisfied(subject)
        and (name := payer(account_id, version_id, force))
    }
    if not named:
        return answer
    open_case_on(account_id, version_id, subject, named, now)
    return replace(answer, review=(*answer.review, *(each for each in named if each not in answer.review)))


def payer(account_id: int, version_id: int, force: Force) -> str:
    names = joint_sender_names(int(each) for each in force.scope.values("joint_sender"))
    return says_paid_for_by(content_facts(account_id, version_id), names)


def open_case_on(account_id: int, version_id: int, subject: Subject, named: dict[Force, str], now: datetime) -> None:
    clock = FixedClock(now)
    case_id = open_case(
        actor=MACHINE, title=_("Mail names a payer under a measure"), source="machine", account_id=account_id,
        queue=QUEUE, clock=clock,
    )  # fmt: skip
    facts = content_facts(account_id, version_id)
    (campaign,) = subject.facets["campaign"]
    for force, name in named.items():
        text = _("Its text says that {name} pays for it, which {measure} keeps from sending.").format(
            name=name, measure=force.name
        )
        add_evidence(
            actor=MACHINE, case_id=case_id, label="payer", text=f"{text}\n\n{facts.text}",
            reference=f"campaign:{campaign}", clock=clock,
        )  # fmt: skip
