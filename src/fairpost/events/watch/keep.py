"""The watch goes over what came back and acts: it brakes a campaign, proposes a limit, or only says so.

The machine stops one campaign and nothing wider, for hours; everything else it puts before a person as a proposal, with
the clause and what was counted. An alarm is written first and what followed from it afterwards, so a watch that was
killed between the two acts when it is back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from pyroaring import BitMap

from fairpost.enforcement.actions.open_case import add_evidence, open_case
from fairpost.enforcement.actions.propose_decision import write_decision
from fairpost.enforcement.actions.set_brake import set_brake
from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.drafts import DecisionDraft, MeasureDraft
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.events.watch.alarms import close_alarms, note_done, raise_alarm
from fairpost.events.watch.counts import counts_between, summed
from fairpost.events.watch.judge import CAMPAIGN, WINDOW, Trouble, crossings, stops
from fairpost.events.watch.signs import ENOUGH, Sign, signs_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import FairpostError
from fairpost.kernel.text import _

log = structlog.get_logger(__name__)

MACHINE = Actor(name="watch", via="system")
QUEUE = "watch"
LIMIT = timedelta(days=7)
SHARES = {"throttle": 2, "brake": 10}  # a proposed limit is this part of what is sent in an hour on average
LEAST_PER_HOUR = 100
CALM = timedelta(hours=1)  # an alarm is over when nothing was wrong for so long
SAMPLED = 2000  # recipients of a campaign that are looked at for signs

# Few: one row for each campaign.
ACCOUNTS = "SELECT DISTINCT account_id FROM dispatch WHERE NOT test AND frozen_at >= %s ORDER BY 1"
BEGUN = """
    SELECT d.campaign_id, d.audience_size, d.content_version_id FROM dispatch AS d
    WHERE d.account_id = %s AND NOT d.test AND d.frozen_at >= %s AND NOT EXISTS (
        SELECT 1 FROM watch_looked AS w WHERE w.account_id = d.account_id AND w.campaign_id = d.campaign_id)
    ORDER BY d.campaign_id"""
LOOKED = "INSERT INTO watch_looked (account_id, campaign_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
# By the primary key; some slices of the audience, spread over it.
SLICES = """
    SELECT members FROM batch_audience WHERE account_id = %s AND campaign_id = %s
    ORDER BY md5(batch_no::text) LIMIT 8"""


def keep_watch(clock: Clock = SYSTEM_CLOCK) -> int:
    """Looks at every account that has sent within the window, and says how many alarms were raised; a periodic job."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [now - WINDOW])
        accounts = [number for (number,) in cursor.fetchall()]
    return sum(watch_account(each, clock) for each in accounts)


def watch_account(account_id: int, clock: Clock) -> int:
    now = clock.now()
    raised, still_on = 0, []
    braked = list(stops(account_id, counts_between(account_id, now - CAMPAIGN, now), now))
    for trouble in [*braked, *crossings(account_id, now)]:
        still_on.append(f"{trouble.subject} {trouble.sign} {trouble.level}")
        raised += act_on(account_id, trouble, clock)
    raised += look_for_others(account_id, clock)
    close_alarms(account_id, still_on, now - CALM, now)
    return raised


def act_on(account_id: int, trouble: Trouble, clock: Clock) -> int:
    """1 where this is new."""
    facts = {"limit": trouble.limit, "usual": trouble.usual, "sentence": trouble.sentence}
    alarm_id = raise_alarm(
        account_id, subject=trouble.subject, sign=trouble.sign, level=trouble.level, count=trouble.count,
        volume=trouble.volume, facts=facts, now=clock.now(), campaign_id=trouble.campaign_id,
        sending_domain=trouble.sending_domain, provider=trouble.provider,
    )  # fmt: skip
    if alarm_id is None:
        return 0
    if trouble.campaign_id is not None:
        brake(account_id, alarm_id, trouble.campaign_id, trouble.sign, trouble.sentence, facts, clock)
    elif trouble.level != "warn":
        propose(account_id, alarm_id, trouble, clock)
    return 1


def brake(
    account_id: int, alarm_id: int, campaign_id: int, cause: str, said: str, facts: Mapping[str, Any], clock: Clock
) -> None:
    """Stops the campaign; where that is refused, says so with the alarm instead."""
    try:
        done = set_brake(
            actor=MACHINE, account_id=account_id, scope={"campaign": [campaign_id]}, cause=cause, facts=said,
            evidence=json.dumps(facts, indent=1), clause=settings.FAIRPOST.watch_clause, clock=clock,
        )  # fmt: skip
    except FairpostError as error:
        refused(account_id, alarm_id, error)
        return
    note_done(
        account_id, alarm_id, case_id=done.case_id,
        decision_id=done.activated.decision.id if done.activated else None,
        not_done="" if done.activated else _("A person had released the content; a case was opened."),
    )  # fmt: skip


def propose(account_id: int, alarm_id: int, trouble: Trouble, clock: Clock) -> None:
    """A case with what was counted, and a limit on the sending domain as a proposal that a person must approve."""
    now = clock.now()
    try:
        case_id = open_case(
            actor=MACHINE, title=trouble.sentence, source="machine", account_id=account_id, queue=QUEUE, clock=clock
        )
        evidence = {
            "sending_domain": trouble.sending_domain, "provider": trouble.provider, "count": trouble.count,
            "volume": trouble.volume, "limit": trouble.limit, "days": WINDOW.days,
        }  # fmt: skip
        add_evidence(
            actor=MACHINE, case_id=case_id, label=trouble.sign, text=json.dumps(evidence, indent=1),
            reference=f"account:{account_id}", clock=clock,
        )  # fmt: skip
        made = write_decision(
            actor=MACHINE, case_id=case_id, clauses=[settings.FAIRPOST.watch_clause],
            draft=limit_draft(account_id, trouble, now), now=now,
        )  # fmt: skip
    except FairpostError as error:
        refused(account_id, alarm_id, error)
        return
    note_done(account_id, alarm_id, case_id=case_id, decision_id=made.id)


def refused(account_id: int, alarm_id: int, error: FairpostError) -> None:
    log.warning("watch.not_done", account=account_id, alarm=alarm_id, reason=error.message)
    note_done(account_id, alarm_id, not_done=error.message)


def limit_draft(account_id: int, trouble: Trouble, now: datetime) -> DecisionDraft:
    sums = summed(counts_between(account_id, now - WINDOW, now), lambda place: place.sending_domain)
    hourly = sums[trouble.sending_domain].accepted / (WINDOW / timedelta(hours=1))
    per_hour = max(LEAST_PER_HOUR, round(hourly / SHARES[trouble.level]))
    scope = scope_from_json({"account": [account_id], "domain": [trouble.sending_domain]})
    return DecisionDraft(
        facts=trouble.sentence,
        measures=[MeasureDraft("limit", scope, Duration("until", ends_at=now + LIMIT), {"per_hour": per_hour})],
        milder_step=_("a warning to the sender"),
        milder_why_not=_("the rate is past the level of a warning"),
        automated_detection=True,
    )


def look_for_others(account_id: int, clock: Clock) -> int:
    """Looks once at each campaign that began, for signs that somebody else uses the account."""
    now = clock.now()
    raised = 0
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, [account_id, now - CAMPAIGN])
        begun = cursor.fetchall()
    for campaign_id, size, version_id in begun:
        found = signs_of(account_id, campaign_id, size, version_id, sample(account_id, campaign_id), now)
        if len(found) >= ENOUGH:
            raised += alarm_of(account_id, campaign_id, size, found, clock)
        with connection.cursor() as cursor:
            cursor.execute(LOOKED, [account_id, campaign_id, now])
    return raised


def alarm_of(account_id: int, campaign_id: int, size: int, found: list[Sign], clock: Clock) -> int:
    signs = "; ".join(each.sentence for each in found)
    said = _("The campaign is unlike those before it: {signs}.").format(signs=signs)
    facts = {"signs": {each.name: each.sentence for each in found}, "sentence": said}
    alarm_id = raise_alarm(
        account_id, subject=f"campaign:{campaign_id}", sign="hijacked", level="brake", count=len(found), volume=size,
        facts=facts, now=clock.now(), campaign_id=campaign_id,
    )  # fmt: skip
    if alarm_id is None:
        return 0
    brake(account_id, alarm_id, campaign_id, "hijacked", said, facts, clock)
    return 1


def sample(account_id: int, campaign_id: int) -> list[int]:
    """Some ordinals of the audience, from slices spread over it."""
    with connection.cursor() as cursor:
        cursor.execute(SLICES, [account_id, campaign_id])
        members = BitMap.union(BitMap(), *(BitMap.deserialize(bytes(each)) for (each,) in cursor.fetchall()))
    step = max(1, len(members) // SAMPLED)
    return [members[place] for place in range(0, len(members), step)]
