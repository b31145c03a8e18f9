"""Sign-up forms are made and closed; one that is closed takes nothing more, and its page is gone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.contacts.models import ContactAttribute, SignupForm
from fairpost.contacts.queries.consent_texts import newest_text
from fairpost.contacts.queries.forms import FormRow, form_row, own_form
from fairpost.contacts.scope import own_list
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.plaintext import several_lines, single_line
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.naming import known_language
from fairpost.tenants.scope import own_account, own_identity, within_unit

MOST_LISTS, MOST_ATTRIBUTES, MOST_ORIGINS = 20, 20, 20
# The confirmation is the platform's mail to somebody who agreed to nothing yet: no place for a link of the account's.
LINK = re.compile(r"://|www\.|@", re.IGNORECASE)


@transaction.atomic
def create_form(
    *,
    actor: Actor,
    account_id: int,
    title: str,
    lists: Sequence[int],
    consent: str,
    identity_id: int,
    language: str = "en",
    attributes: Sequence[str] = (),
    mail_text: str = "",
    origins: Sequence[str] = (),
    redirect_url: str = "",
    unit_id: int | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> FormRow:
    """`consent` names a published text of this language; its newest version is shown at each sign-up.

    `identity_id` says in whose name the confirmation is asked. `attributes` must be declared in the account. Raises
    `NotFound` for a list, identity or text that the account has not.
    """
    unit_id = unit_id if unit_id is not None else actor.unit_id
    authorise(actor, "contacts.write", account_id=account_id, unit_id=unit_id, act="form.write")
    own_account(account_id)
    language = known_language(language)
    if not 1 <= len(set(lists)) <= MOST_LISTS:
        raise Invalid(_("A form is for 1 to {most} lists.").format(most=MOST_LISTS), field="lists")
    for each in lists:
        own_list(actor, account_id, each)
    identity = own_identity(account_id, identity_id)
    within_unit(actor, identity.unit_id, _("There is no such sender identity."))
    newest_text(account_id, consent, language)
    made = SignupForm.objects.create(
        account_id=account_id,
        unit_id=unit_id,
        public_id=secrets.token_urlsafe(16),
        title=single_line(title, "title"),
        language=language,
        lists=list(dict.fromkeys(lists)),
        attributes=declared(account_id, attributes),
        consent=consent,
        mail_text=without_links(several_lines(mail_text, "mail_text", 500, required=False)),
        origins=[origin_of(each) for each in origins[: MOST_ORIGINS + 1]],
        redirect_url=web_address(redirect_url) if redirect_url else "",
        identity_id=identity.pk,
        created_at=clock.now(),
    )
    noted(actor, "form.created", made, reason, clock)
    return form_row(made)


@transaction.atomic
def close_form(
    *, actor: Actor, account_id: int, form_id: int, reason: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> FormRow:
    """From now on it takes no sign-up, and none that waits can be confirmed."""
    authorise(actor, "contacts.write", account_id=account_id, unit_id=actor.unit_id, act="form.close")
    found = own_form(actor, account_id, form_id, lock=True)
    authorise(actor, "contacts.write", account_id=account_id, unit_id=found.unit_id or actor.unit_id, act="form.close")
    if not SignupForm.objects.filter(id=found.pk, closed_at=None).update(closed_at=clock.now()):
        raise Conflict(_("The form {id} is closed already.").format(id=form_id))
    found.refresh_from_db()
    noted(actor, "form.closed", found, reason, clock)
    return form_row(found)


def declared(account_id: int, attributes: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(attributes))
    known = set(ContactAttribute.objects.filter(account_id=account_id).values_list("name", flat=True))
    unknown = [each for each in wanted if each not in known]
    if unknown or len(wanted) > MOST_ATTRIBUTES:
        raise Invalid(
            _("The account has no attribute {name}.").format(name=unknown[0])
            if unknown
            else _("A form asks for at most {most} attributes.").format(most=MOST_ATTRIBUTES),
            field="attributes",
            hint=_("Attributes of this account: {known}.").format(known=", ".join(sorted(known)) or "-"),
        )
    return wanted


def without_links(text: str) -> str:
    if LINK.search(text):
        raise Invalid(
            _("The text of a confirmation mail holds no web or mail addresses."),
            field="mail_text",
            hint=_("It goes to people who agreed to nothing yet; the one link in it is the platform's own."),
        )
    return text


def origin_of(text: str) -> str:
    """A web origin (RFC 6454): scheme, host and port, as browsers send it."""
    split = urlsplit(text.strip().rstrip("/"))
    if split.scheme not in ("http", "https") or not split.netloc or split.path or split.query or "@" in split.netloc:
        raise Invalid(
            _("{text} is no web origin, such as https://www.example.org.").format(text=repr(text[:100])),
            field="origins",
        )
    return f"{split.scheme}://{split.netloc.lower()}"


def web_address(text: str) -> str:
    text = single_line(text, "redirect_url", 500)
    split = urlsplit(text)
    if split.scheme != "https" or not split.hostname or "@" in split.netloc:
        raise Invalid(_("People are sent on to an https address only."), field="redirect_url")
    return text


def noted(actor: Actor, act: str, row: SignupForm, reason: str | None, clock: Clock) -> None:
    record(
        actor=actor,
        act=act,
        account_id=row.account_id,
        subject=f"form:{row.pk}",
        reason=reason,
        facts={"lists": row.lists},
        clock=clock,
    )
