"""Sign-up forms of an account, and the one that stands behind a public address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fairpost.contacts.models import ContactAttribute, ContactList, SignupForm
from fairpost.contacts.scope import may_use
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form. `url` is its public page; `lists` are ids, `attributes` the names of what it asks."""

    id: int
    account_id: int
    unit_id: int | None
    public_id: str
    url: str
    title: str
    language: str
    lists: tuple[int, ...]
    attributes: tuple[str, ...]
    consent: str
    mail_text: str
    origins: tuple[str, ...]
    redirect_url: str
    identity_id: int
    created_at: datetime
    closed_at: datetime | None


def forms(actor: Actor, account_id: int, *, after: int = 0, limit: int = 100) -> list[FormRow]:
    """Those that the actor's unit may use, by id; closed ones too."""
    rows = SignupForm.objects.filter(account_id=account_id, id__gt=after).order_by("id")
    return [form_row(each) for each in rows if may_use(actor, each.unit_id)][:limit]


def form(actor: Actor, account_id: int, form_id: int) -> FormRow:
    """Raises `NotFound`."""
    return form_row(own_form(actor, account_id, form_id))


def own_form(actor: Actor, account_id: int, form_id: int, *, lock: bool = False) -> SignupForm:
    rows = SignupForm.objects.filter(account_id=account_id, id=form_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None or not may_use(actor, found.unit_id):
        raise NotFound(_("There is no sign-up form {id} in this account.").format(id=form_id))
    return found


def open_form(public_id: str) -> FormRow:
    """The form behind a public address. Raises `NotFound` where there is none, or where it is closed."""
    found = SignupForm.objects.filter(public_id=public_id, closed_at=None).first()
    if found is None:
        raise NotFound(_("There is no such form."))
    return form_row(found)


def form_of(account_id: int, form_id: int) -> FormRow | None:
    """One form of the account by its number, also a closed one; for the machine's own work."""
    found = SignupForm.objects.filter(account_id=account_id, id=form_id).first()
    return form_row(found) if found else None


def lists_asked(row: FormRow) -> list[tuple[int, str]]:
    """(id, name as people read it) of the form's lists that are still in use, in their order."""
    found = {each.pk: each for each in ContactList.objects.filter(account_id=row.account_id, archived_at=None)}
    return [(each, found[each].public_title or found[each].name) for each in row.lists if each in found]


def kinds_asked(row: FormRow) -> dict[str, str]:
    """The kind of each attribute that the form asks, in its order."""
    kinds = dict(ContactAttribute.objects.filter(account_id=row.account_id).values_list("name", "kind"))
    return {name: kinds[name] for name in row.attributes if name in kinds}


def form_row(row: SignupForm) -> FormRow:
    url = f"{settings.FAIRPOST.platform_url.rstrip('/')}/f/{row.public_id}"
    return FormRow(
        row.pk,
        row.account_id,
        row.unit_id,
        row.public_id,
        url,
        row.title,
        row.language,
        tuple(row.lists),
        tuple(row.attributes),
        row.consent,
        row.mail_text,
        tuple(row.origins),
        row.redirect_url,
        row.identity_id,
        row.created_at,
        row.closed_at,
    )
