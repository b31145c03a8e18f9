"""Files an appeal against a decision; nothing that is in force changes by it, and the answer says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from fairpost.audit.vault import seal_for
from fairpost.enforcement.appealing import step
from fairpost.enforcement.appeals.deadlines import decision_due_at, first_touch_due_at, window_ends_at
from fairpost.enforcement.appeals.states import UNJUDGED
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import Appeal, Notice
from fairpost.enforcement.naming import label
from fairpost.enforcement.notices.tokens import read_notice_token
from fairpost.enforcement.queries.appeal_parties import AppealParty, informed, party
from fairpost.enforcement.queries.appeals import AppealView, appeal_view
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid, NotFound
from fairpost.kernel.plaintext import several_lines
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import account

LONGEST_STATEMENT = 20_000  # characters


@dataclass(frozen=True, slots=True)
class FiledAppeal:
    """An appeal on file, and what that means for what is in force: nothing."""

    appeal: AppealView
    effect: str


def file_appeal(
    *,
    actor: Actor,
    account_id: int,
    decision_id: int,
    statement: str,
    organisation_id: int | None = None,
    measures: Collection[int] | None = None,
    stay: bool = False,
    key_date: datetime | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> FiledAppeal:
    """Appeals for the account's holder, or for an organisation that the account speaks for.

    `measures` are those of the decision that it is about (default: all that concern the party). `stay` asks for one.
    `key_date` is an election or filing date that makes it urgent. Raises NotFound where the decision does not concern
    the account, Conflict outside the window and where the party has an appeal already.
    """
    authorise(actor, "appeal.file", account_id=account_id, act="appeal.file")
    return file(actor, account_id, decision_id, statement, organisation_id, measures, stay, key_date, clock)


def file_appeal_by_notice(
    *,
    token: str,
    statement: str,
    measures: Collection[int] | None = None,
    stay: bool = False,
    key_date: datetime | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> FiledAppeal:
    """The same for whoever holds the link in a notice: it names the party, and shows that it was told.

    So a contact outside the account appeals, also where nobody inside it can.
    """
    notice = Notice.objects.filter(pk=read_notice_token(token)).first()
    if notice is None or notice.decision_id is None or notice.account_id is None:
        raise NotFound(_("This notice is about nothing that one can appeal against."))
    actor = Actor(name="notice", via="web", account_id=notice.account_id, person_id=notice.person_id)
    return file(
        actor, notice.account_id, notice.decision_id, statement, notice.organisation_id, measures, stay, key_date, clock
    )


def file(
    actor: Actor,
    account_id: int,
    decision_id: int,
    statement: str,
    organisation_id: int | None,
    measures: Collection[int] | None,
    stay: bool,
    key_date: datetime | None,
    clock: Clock,
) -> FiledAppeal:
    now = clock.now()
    who = party(decision_id, account_id, organisation_id, now)
    said = several_lines(statement, "statement", LONGEST_STATEMENT)
    wanted = chosen(who, measures)
    if key_date is not None and key_date.tzinfo is None:
        raise Invalid(_("The time {value} has no zone.").format(value=key_date.isoformat()), field="key_date")
    told_at = informed(who, decision_id, now)
    ends_at = window_ends_at(told_at, account(account_id).time_zone)
    if now >= ends_at:
        raise Conflict(
            _("The time for an appeal against decision {decision} ended at {at}.").format(
                decision=label("decision", decision_id), at=ends_at.isoformat()
            ),
            hint=_("Other ways of redress are named in the notice."),
        )
    subject = f"account:{account_id}"
    with transaction.atomic():
        row = insert(
            Appeal(
                decision_id=decision_id,
                account_id=account_id,
                organisation_id=who.organisation_id,
                measures=wanted,
                subject=subject,
                sealed=seal_for(subject, said.encode()),
                stay_asked=stay,
                key_date=key_date,
                filed_by_id=actor.person_id,
                filed_via=actor.via,
                filed_at=now,
                informed_at=told_at,
                window_ends_at=ends_at,
                first_touch_due_at=first_touch_due_at(now, key_date),
                decision_due_at=decision_due_at(now, key_date),
                state="",
            )
        )
        step(row, "filed", actor=actor, now=now, detail={"measures": wanted, "stay": stay})
        follow(
            Happening("appeal.filed", now, decision_id=decision_id, appeal_id=row.pk, account_id=account_id)
        )
    effect = _("Filing an appeal changes nothing about what is in force. Only a stay does, which is given or refused.")
    return FiledAppeal(appeal_view(row.pk, now), effect)


def chosen(who: AppealParty, measures: Collection[int] | None) -> list[int]:
    """The numbers of the measures that the appeal is about."""
    mine = [each.id for each in who.measures]
    if measures is None:
        return mine
    for each in measures:
        if each not in mine:
            raise NotFound(_("There is no measure {measure}.").format(measure=label("measure", each)), field="measures")
    if not measures:
        raise Invalid(_("An appeal is about one measure at least."), field="measures")
    return sorted(set(measures))


def insert(row: Appeal) -> Appeal:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        earlier = (
            Appeal.objects.filter(
                decision_id=row.decision_id, organisation_id=row.organisation_id, account_id=row.account_id
            )
            .exclude(state__in=UNJUDGED)
            .first()
        )
        if earlier is None:
            raise
        raise Conflict(
            _("There is an appeal of this party against this decision already: {appeal}.").format(
                appeal=label("appeal", earlier.pk)
            ),
            hint=_("What you want to add, write as an answer in that appeal."),
        ) from error
    return row
