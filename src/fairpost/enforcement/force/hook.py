"""Every act in an account is put before what is in force; whoever is refused is told by what, and how to appeal."""

from __future__ import annotations

from datetime import datetime

from fairpost.enforcement.catalogue.capabilities import PRODUCTS
from fairpost.enforcement.force.effective import Effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.store import current
from fairpost.enforcement.naming import decision_url, label
from fairpost.enforcement.scope.subject import Subject, subject
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Restricted
from fairpost.kernel.text import _
from fairpost.tenants.acts import Act
from fairpost.tenants.queries.senders import held_accounts


def check_act(actor: Actor, act: Act, account_id: int, unit_id: int | None) -> None:
    """Raises Restricted where a measure or the account's own pause forbids this act."""
    snapshot = current()
    if not snapshot.forces:
        return
    answer = snapshot.effective(subject_of(actor, act, account_id, unit_id), SYSTEM_CLOCK.now())
    if answer.denied:
        raise restricted_by(answer, _("{what} is not possible now").format(what=_(act.sentence)))


def subject_of(actor: Actor, act: Act, account_id: int, unit_id: int | None) -> Subject:
    """Who acts, as facets. An act that falls under no product falls under the account as a whole only."""
    return subject(
        [act.product] if act.product else [],
        None,
        account=account_id,
        organisation=held_accounts([account_id])[0].holder_ids,
        unit=unit_id,
        person=actor.person_id,
        api_key=actor.api_key_id,
    )


def restricted_by(answer: Effective, what: str) -> Restricted:
    """The refusal, with every reason in force; the decision and address are those of the first measure."""
    decisions = [each.decision_id for each in answer.reasons if each.decision_id is not None]
    first = decisions[0] if decisions else None
    return Restricted(
        _("{what}: {reasons}.").format(what=what, reasons="; ".join(sentence(each) for each in answer.reasons)),
        decision=label("decision", first) if first else "",
        url=decision_url(first) if first else "",
        reasons=tuple(sentence(each) for each in answer.reasons),
    )


def sentence(force: Force) -> str:
    """One reason for people: what it is, under which decision, until when."""
    name = force.name
    if force.source == "pause":
        name = _("your own pause {pause}").format(pause=label("pause", force.source_id))
    elif force.decision_id is not None:
        name = _("{measure} of decision {decision}").format(
            measure=force.name, decision=label("decision", force.decision_id)
        )
    what = ", ".join(_(PRODUCTS[each]) if each in PRODUCTS else _("everything") for each in sorted(force.denies))
    return _("{name} ({what}; {term})").format(name=name, what=what or _("review"), term=term_of(force.ends_at))


def term_of(ends_at: datetime | None) -> str:
    return _("until {at}").format(at=ends_at.isoformat(timespec="minutes")) if ends_at else _("without end")
