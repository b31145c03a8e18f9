"""Writes, keeps and queues a notice for every recipient of every party, or says why one is not told now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fairpost.audit.actions import record
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.models import NoticeEvent
from fairpost.enforcement.naming import number_of
from fairpost.enforcement.notices.addressees import Party, Recipient
from fairpost.enforcement.notices.facts import Happened, NoticeFacts, Why
from fairpost.enforcement.notices.gather import About, facts_of, ways_of
from fairpost.enforcement.notices.keep import Draft, keep
from fairpost.enforcement.notices.render import Rendered, render
from fairpost.enforcement.queries.decisions import DecisionView
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict
from fairpost.kernel.text import _

NOTICES = Actor(name="notices", via="system")
HIJACKED = "hijacked"  # how a recorded reason begins that concerns the people of the account only
CANNOT_WAIT = "after"  # of kinds that a second person looks at afterwards: imminent harm waits for no address


def to_be_told(what: About) -> list[dict[str, int]]:
    """Everybody in the latest coverage statements of these measures, once."""
    found: list[dict[str, int]] = []
    for measure in what.measures:
        found += [dict(each) for each in measure.coverage["notices"] if each not in found]
    return found


def refuse_silence(what: About, told: Iterable[Party]) -> None:
    """Nothing comes into force that somebody covered can hear nothing of, unless there is a recorded reason."""
    if what.decision.detail.get("notice_withheld") or all(
        MEASURES[each.kind].four_eyes == CANNOT_WAIT for each in what.measures
    ):
        return
    for party in told:
        if party.organisation_id is None and not party.recipients:
            raise Conflict(
                _("Nobody of the account {name} can be told of this decision, so it does not come into force.").format(
                    name=repr(party.name)
                ),
                hint=_("Give the account an owner or a confirmed contact, or record why its notices are withheld."),
            )


def issue(
    what: About,
    told: list[Party],
    why: Why,
    happened: Happened,
    reference: str = "",
    held_now: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """Writes, keeps and queues a notice for every recipient of every party. Internal measures are told to nobody."""
    if not what.measures:
        return []
    drafts = []
    for party in told:
        facts = facts_of(what, party, why, happened, held_now)
        measures = tuple(number_of("measure", each.number) for each in facts.measures)
        drafts += [draft_of(facts, party, each, what.decision, measures, reference) for each in party.recipients]
    note_unreached(told, f"decision:{what.decision.id}")
    return keep(drafts, what.now)


def draft_of(
    facts: NoticeFacts,
    party: Party,
    recipient: Recipient,
    decision: DecisionView | None,
    measures: tuple[int, ...],
    reference: str,
) -> Draft:
    def write(notice_id: int) -> Rendered:
        return render(replace(facts, ways=ways_of(notice_id, party, decision)), recipient.language)

    return Draft(
        why=facts.why,
        recipient=recipient,
        write=write,
        content_subject=f"account:{party.account_id}",
        decision_id=decision.id if decision else None,
        measures=measures,
        reference=reference,
        account_id=party.account_id,
        organisation_id=party.organisation_id,
        withheld=withheld(decision, recipient) if decision else "",
    )


def withheld(decision: DecisionView, recipient: Recipient) -> str:
    """Why this recipient is not told now; empty where nothing is against it.

    The reason is the decision's, until somebody released its notices. Whoever took over an account does not read what
    is sent outside of it.
    """
    reason = str(decision.detail.get("notice_withheld", ""))
    if reason.lower().startswith(HIJACKED) and recipient.outside_contact_id is not None:
        return ""
    released = NoticeEvent.objects.filter(notice__decision_id=decision.id, what="released")
    return "" if not reason or released.exists() else reason


def note_unreached(told: Iterable[Party], subject: str) -> None:
    """On record: this party had nobody who could be told."""
    for party in told:
        if not party.recipients:
            record(
                actor=NOTICES,
                act="notice.unreached",
                account_id=party.account_id,
                subject=subject,
                facts={"organisation": party.organisation_id},
            )
