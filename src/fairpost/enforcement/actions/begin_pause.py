"""A customer switches something of its own off, at once; no operator can do it, and no measure is touched by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from fairpost.audit.actions import record
from fairpost.enforcement.actions.activate_decision import refuse_inside_transaction
from fairpost.enforcement.catalogue.capabilities import PRODUCTS
from fairpost.enforcement.force.store import end_force, put_force
from fairpost.enforcement.models import Pause
from fairpost.enforcement.naming import label
from fairpost.enforcement.ports import Fence, mailings
from fairpost.enforcement.queries.pauses import PauseView, pause_view
from fairpost.enforcement.scope.selector import Scope, selector
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries import joint_sender, unit

# Keys, people and the account's own settings are what one needs to end a pause: they cannot be paused.
PAUSABLE = ("sending", "fundraising", "import", "automations", "forms")


@dataclass(frozen=True, slots=True)
class PauseBegun:
    """A pause in force, and that nothing more of it is handed to a relay (`fence`)."""

    pause: PauseView
    fence: Fence


def begin_pause(
    *,
    actor: Actor,
    account_id: int,
    capability: str = "sending",
    unit_id: int | None = None,
    joint_sender_id: int | None = None,
    until: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> PauseBegun:
    """Pauses a capability of the account, of one unit, or of what the account sends for one joint sender.

    When it returns, nothing more of it is handed to a relay. `until` (exclusive) ends it by itself. Raises Forbidden
    for anybody who is not of the account, Conflict where the same is paused already, Invalid for what cannot be paused.
    """
    authorise(actor, "pause.write", account_id=account_id, unit_id=unit_id, act="pause.begin")
    refuse_outsiders(actor)
    now = clock.now()
    check(account_id, capability, unit_id, joint_sender_id, until, now)
    refuse_inside_transaction()
    why = single_line(reason or "", "reason", 1000, required=False)
    with transaction.atomic():
        end_what_is_over(account_id, now)
        row = insert(actor, account_id, capability, unit_id, joint_sender_id, until, why, now)
        put_force(
            source="pause",
            source_id=row.pk,
            kind="pause",
            scope=scope_of(account_id, unit_id, joint_sender_id),
            effect={"denies": [capability]},
            starts_at=now,
            ends_at=until,
        )
        record(
            actor=actor,
            act="pause.begun",
            account_id=account_id,
            subject=f"pause:{row.pk}",
            reason=why or None,
            facts={"capability": capability, "unit_id": unit_id, "joint_sender_id": joint_sender_id,
                   "until": until and until.isoformat()},
            clock=clock,
        )  # fmt: skip
        epoch = mailings().raise_epoch()
    return PauseBegun(pause_view(row.pk, now), mailings().await_fence(epoch))


def refuse_outsiders(actor: Actor) -> None:
    """A pause is the customer's own: people and keys of the installation, and its machine, have measures for it."""
    if actor.account_id is None:
        raise Forbidden(
            _("A pause is the customer's own; you do not act for this account."),
            hint=_("Act by a key of the account, or propose a measure, which says why and can be appealed."),
        )


def check(
    account_id: int,
    capability: str,
    unit_id: int | None,
    joint_sender_id: int | None,
    until: datetime | None,
    now: datetime,
) -> None:
    if capability not in PAUSABLE:
        raise Invalid(
            _("{capability} cannot be paused.").format(capability=repr(capability)),
            field="capability",
            hint=_("Choose one of {all}.").format(all=", ".join(PAUSABLE)),
        )
    if unit_id is not None:
        unit(account_id, unit_id)
    if joint_sender_id is not None:
        joint_sender(account_id, joint_sender_id)
    if until is not None and until <= now:
        raise Invalid(_("The pause would be over already."), field="until")


def scope_of(account_id: int, unit_id: int | None, joint_sender_id: int | None) -> Scope:
    """Everything of the account, of the unit, or that the account sends for the joint sender."""
    wanted = {"account": account_id, "unit": unit_id, "joint_sender": joint_sender_id}
    return Scope(tuple(selector(kind, [value]) for kind, value in wanted.items() if value is not None))


def end_what_is_over(account_id: int, now: datetime) -> None:
    """Closes the books on pauses whose time is over; they are out of force since then."""
    for row in Pause.objects.select_for_update().filter(account_id=account_id, ended_at=None, ends_at__lte=now):
        row.ended_at = row.ends_at
        row.save(update_fields=["ended_at"])
        end_force("pause", row.pk)


def insert(
    actor: Actor,
    account_id: int,
    capability: str,
    unit_id: int | None,
    joint_sender_id: int | None,
    until: datetime | None,
    reason: str,
    now: datetime,
) -> Pause:
    try:
        with transaction.atomic():
            return Pause.objects.create(
                account_id=account_id,
                unit_id=unit_id,
                joint_sender_id=joint_sender_id,
                capability=capability,
                reason=reason,
                begun_by=nameless(actor),
                begun_by_person_id=actor.person_id,
                begun_at=now,
                ends_at=until,
            )
    except IntegrityError as error:
        running = Pause.objects.filter(
            account_id=account_id,
            unit_id=unit_id,
            joint_sender_id=joint_sender_id,
            capability=capability,
            ended_at=None,
        ).first()
        if running is None:
            raise
        raise Conflict(
            _("{what} is paused already, by {pause}.").format(
                what=_(PRODUCTS[capability]), pause=label("pause", running.pk)
            ),
            hint=_("End that pause first to begin one with another end."),
        ) from error


def nameless(actor: Actor) -> str:
    """The name of a program's key. A person is kept by number, so that the name can be erased."""
    return "" if actor.person_id else actor.name
