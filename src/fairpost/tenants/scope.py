"""Every row is fetched inside its account: what belongs to another account is not found, not forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Conflict, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.models import (
    Account,
    BusinessUnit,
    JointSender,
    Organisation,
    SenderIdentity,
)


def own_account(account_id: int) -> Account:
    return one(Account.objects.filter(id=account_id), _("There is no such account."))


def own_unit(account_id: int, unit_id: int | None) -> BusinessUnit:
    """The unit, or the account's default unit where none is named."""
    wanted = Q(is_default=True) if unit_id is None else Q(id=unit_id)
    return one(BusinessUnit.objects.filter(wanted, account_id=account_id), _("There is no such business unit."))


def own_organisation(account_id: int, organisation_id: int) -> Organisation:
    """An organisation that the account registered, or its holder."""
    return one(organisations_of(account_id).filter(id=organisation_id), _("There is no such organisation."))


def organisations_of(account_id: int) -> models.QuerySet[Organisation]:
    holder = Account.objects.filter(id=account_id).values("holder_id")
    return Organisation.objects.filter(Q(account_id=account_id) | Q(id__in=holder))


def own_joint_sender(account_id: int, joint_sender_id: int, *, lock: bool = False) -> JointSender:
    rows = JointSender.objects.filter(account_id=account_id, id=joint_sender_id)
    return one(rows.select_for_update() if lock else rows, _("There is no such joint sender."))


def own_identity(account_id: int, identity_id: int) -> SenderIdentity:
    return one(
        SenderIdentity.objects.filter(account_id=account_id, id=identity_id).select_related("domain"),
        _("There is no such sender identity."),
    )


def within_unit(actor: Actor, unit_id: int | None, missing: str) -> None:
    """For rows whose unit is known only once they are read: an actor of one unit finds those of its unit."""
    if actor.unit_id is not None and unit_id != actor.unit_id:
        raise NotFound(missing)


def one(rows: models.QuerySet[Any], missing: str) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound(missing)
    return row


@contextmanager
def once(sentence: str, field: str | None = None) -> Iterator[None]:
    """What the database refuses because it exists already becomes a `Conflict` with this sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(sentence, field=field) from error
