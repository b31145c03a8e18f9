"""Takes what somebody typed into a public form: it is kept, a mail asks the address's owner, and nothing else happens.

Whether the address is known, suppressed or asked for before, the answer is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairpost.contacts.addresses import Address, parse_address
from fairpost.contacts.imports.values import READERS, Unreadable
from fairpost.contacts.queries.consent_texts import newest_text
from fairpost.contacts.queries.forms import FormRow, kinds_asked, open_form
from fairpost.contacts.signup.pace import address_has_room, form_has_room, network_has_room, wait_of
from fairpost.contacts.signup.requests import keep_request
from fairpost.contacts.words import words_of
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import FairpostError, Forbidden, Invalid
from fairpost.tenants.authorise import authorise

HONEYPOT = "website"  # people do not see this field; what fills every field does
LONGEST_VALUE = 200  # of what strangers may type, whatever the kind takes elsewhere

# By the primary key.
BANNED = "SELECT 1 FROM shared_suppression WHERE canonical = %s AND reach = 'installation'"


class TooMany(FairpostError):
    """More came than is taken; `wait` is in seconds."""

    status = 429
    slug = "too-many"

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with the form. `client` is the network it came from, `origin` the web origin that the browser names."""

    address: str
    agreed: bool
    values: Mapping[str, str]
    trap: str = ""
    client: str = ""
    origin: str = ""


def take_signup(public_id: str, typed: Typed, *, clock: Clock = SYSTEM_CLOCK) -> FormRow:
    """Raises `NotFound` for no open form, `Invalid` for what cannot be taken, `TooMany`, `Forbidden` for another site.

    Sentences are in the form's language.
    """
    row = open_form(public_id)
    words = words_of(row.language)
    if row.origins and typed.origin not in (*row.origins, own_origin()):
        raise Forbidden(words["not_from_here"])
    may_take(row)
    if typed.trap:
        return row  # a machine: it shall believe that it was served
    now = clock.now()
    if not network_has_room(typed.client, settings.FAIRPOST.signup_requests_per_hour, now):
        raise TooMany(words["too_many"], wait_of(settings.FAIRPOST.signup_requests_per_hour))
    if not typed.agreed:
        raise Invalid(words["agree_first"], field="agreed")
    address = read_address(typed.address, words)
    attributes = read_values(row, typed.values, words)
    text = newest_text(row.account_id, row.consent, row.language)
    if not form_has_room(row.id, now):
        raise TooMany(words["too_many"], 600)
    with transaction.atomic():
        if address_has_room(address.canonical, now) and not banned(address.canonical):
            keep_request(
                row.account_id, row.id, address.canonical, address.address, attributes, text.label, now
            )
    return row


def may_take(row: FormRow) -> None:
    """Raises `Restricted` where what is in force lets the account's forms take nothing."""
    authorise(acting_for(row), "contacts.write", account_id=row.account_id, unit_id=row.unit_id, act="signup.take")


def acting_for(row: FormRow) -> Actor:
    """The form itself, which may do this one thing in its account."""
    rights = frozenset({"contacts.write"})
    return Actor(name="sign-up form", via="web", capabilities=rights, account_id=row.account_id)


def read_address(text: str, words: Mapping[str, str]) -> Address:
    """Mailboxes of functions (postmaster@) are nobody's to sign up."""
    try:
        found = parse_address(text[:400])
    except Invalid:
        raise Invalid(words["wrong_address"], field="address") from None
    if found.role:
        raise Invalid(words["wrong_address"], field="address")
    return found


def read_values(row: FormRow, given: Mapping[str, str], words: Mapping[str, str]) -> dict[str, Any]:
    """The attributes that the form asks and that were filled in, each of its declared kind."""
    found: dict[str, Any] = {}
    for name, kind in kinds_asked(row).items():
        text = given.get(name, "").strip()[:LONGEST_VALUE]
        if not text:
            continue
        try:
            found[name] = json.loads(READERS[kind](text))
        except Unreadable as error:
            raise Invalid(words["wrong_value"].format(name=name, why=error), field=name) from None
    return found


def banned(canonical: str) -> bool:
    """Whether nobody here may write to it: not even to ask."""
    with connection.cursor() as cursor:
        cursor.execute(BANNED, [canonical])
        return cursor.fetchone() is not None


def own_origin() -> str:
    scheme, _colon, rest = settings.FAIRPOST.platform_url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}".lower()
