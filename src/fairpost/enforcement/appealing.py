"""The one way in which an appeal changes its state: checked against the table, stored, on record, refusals too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.audit.vault import open_for, seal_for
from fairpost.enforcement.acting import Refused, refused
from fairpost.enforcement.appeals.states import APPEAL, after
from fairpost.enforcement.models import Appeal, AppealAct
from fairpost.enforcement.naming import label
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, Forbidden, NotFound
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _
from fairpost.tenants.actors import acting_person
from fairpost.tenants.authorise import authorise

MACHINE = Actor(name="appeals", via="system")


class RefusedStep(Conflict):
    """An act that the state of the appeal does not allow."""

    def __init__(self, appeal: Appeal, act: str) -> None:
        super().__init__(
            _("Appeal {appeal} is {state}: it cannot be {act}.").format(
                appeal=label("appeal", appeal.pk), state=state_in_words(appeal.state), act=state_in_words(act)
            ),
            hint=_("Possible now: {acts}.").format(
                acts=", ".join(state_in_words(each) for each in APPEAL[appeal.state]) or _("nothing")
            ),
        )
        self.appeal_id = appeal.pk
        self.act = act
        self.state = appeal.state


class stepping:
    """A transaction for acts in appeals and on measures: what is refused is undone whole, put on record, and raised."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        self.atomic.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.atomic.__exit__(kind, error, trace)
        if isinstance(error, Refused):
            refused(self.actor, error)
        if isinstance(error, RefusedStep):
            record(
                actor=self.actor,
                act="appeal.refused",
                account_id=None,
                subject=f"appeal:{error.appeal_id}",
                facts={"act": error.act, "state": error.state},
            )


def appeal_row(appeal_id: int, *, lock: bool = False) -> Appeal:
    """The appeal, locked until the end of the transaction where asked. Raises NotFound."""
    rows = Appeal.objects.select_for_update(of=("self",)) if lock else Appeal.objects
    row = rows.select_related("decision").filter(pk=appeal_id).first()
    if row is None:
        raise missing(appeal_id)
    return row


def own_appeal(account_id: int, appeal_id: int) -> Appeal:
    """An appeal that this account filed, locked; another's does not exist."""
    row = Appeal.objects.select_for_update(of=("self",)).select_related("decision").filter(
        pk=appeal_id, account_id=account_id
    ).first()  # fmt: skip
    if row is None:
        raise missing(appeal_id)
    return row


def missing(appeal_id: int) -> NotFound:
    return NotFound(_("There is no appeal {appeal}.").format(appeal=label("appeal", appeal_id)))


def reviewed(actor: Actor, appeal_id: int) -> Appeal:
    """The appeal, locked, for the person to whom it is assigned and nobody else."""
    authorise(actor, "appeal.review")
    person_id = acting_person(actor)
    row = appeal_row(appeal_id, lock=True)
    if row.reviewer_id != person_id:
        raise not_yours(appeal_id)
    return row


def not_yours(appeal_id: int) -> Forbidden:
    return Forbidden(
        _("Appeal {appeal} is not assigned to you.").format(appeal=label("appeal", appeal_id)),
        hint=_("Take it first: fairpost appeal assign {appeal}.").format(appeal=label("appeal", appeal_id)),
    )


def step(
    appeal: Appeal,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    text: str = "",
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> AppealAct:
    """Does one act in a locked appeal, in the caller's transaction; `changes` are other columns of the appeal.

    `text` is what a party wrote and is sealed; `reason` is ours. Raises RefusedStep for what the table does not name.
    """
    state = after(appeal.state, act)
    if state is None:
        raise RefusedStep(appeal, act)
    stored = AppealAct.objects.create(
        appeal=appeal,
        act=act,
        at=now,
        person_id=actor.person_id,
        reason=reason,
        sealed=seal_for(appeal.subject, text.encode()) if text else None,
        detail=dict(detail or {}),
    )
    appeal.state = state
    for name, value in changes.items():
        setattr(appeal, name, value)
    appeal.save(update_fields=["state", *changes])
    record(
        actor=actor,
        act=f"appeal.{act}",
        account_id=appeal.account_id,
        subject=f"appeal:{appeal.pk}",
        reason=reason or None,
        facts={"decision": appeal.decision_id, "act": stored.pk},
    )
    return stored


def opened(subject: str, sealed: bytes | None) -> str | None:
    """What a party wrote; None once its subject was erased."""
    plain = open_for(subject, bytes(sealed)) if sealed is not None else None
    return None if plain is None else plain.decode()
