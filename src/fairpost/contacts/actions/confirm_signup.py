"""Confirms a sign-up by the token that was mailed: only now there is a contact, on lists, with its consent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.contacts.actions.take_signup import acting_for, may_take
from fairpost.contacts.consent import note_consent
from fairpost.contacts.erased import let_back
from fairpost.contacts.imports.merge import lock_ordinals
from fairpost.contacts.membership import add_members
from fairpost.contacts.queries.consent_texts import text_called
from fairpost.contacts.queries.forms import FormRow, form_of, lists_asked
from fairpost.contacts.reasons import COMPLAINT, ERASED, HARD_BOUNCE, SOFT_BOUNCES, UNSUBSCRIBED
from fairpost.contacts.signup.requests import SignupRequest, drop_request, request_of
from fairpost.contacts.signup.tokens import read_signup_token
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound

# What the person takes back by confirming, and what the confirmation disproves. What others decided stays.
TAKEN_BACK = (UNSUBSCRIBED, COMPLAINT, ERASED, HARD_BOUNCE, SOFT_BOUNCES)

# By the unique index (account_id, canonical).
UPSERT = """
    INSERT INTO contact AS c (account_id, ordinal, canonical, address, attributes, created_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (account_id, canonical) DO UPDATE
        SET attributes = c.attributes || EXCLUDED.attributes, updated_at = EXCLUDED.updated_at
    RETURNING ordinal"""
# By the primary key (account_id, canonical, ...).
LIFT = """
    DELETE FROM suppression WHERE account_id = %s AND canonical = %s AND reason = ANY(%s)
        AND (reach <> 'list' OR reach_id = ANY(%s))"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a genuine token asks to confirm: the form, its lists by name, the text as it was shown."""

    form: FormRow
    lists: list[tuple[int, str]]
    text: str
    request: SignupRequest


def signup_asked(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Asked:
    """Changes nothing. Raises `NotFound` for a token that is none, has ended, or was used; or where the form closed."""
    account_id, request_id = read_signup_token(token, clock.now())
    return asked(request_of(account_id, request_id))


def asked(request: SignupRequest) -> Asked:
    row = form_of(request.account_id, request.form_id)
    if row is None or row.closed_at is not None:
        raise NotFound("")
    text = text_called(request.account_id, request.text_version)
    return Asked(row, lists_asked(row), text.text if text else "", request)


@transaction.atomic
def confirm_signup(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Asked:
    """Whoever holds the token reads that address's mail: that is the proof. A second time there is nothing to confirm.

    The contact is made or gets the new attributes, joins the lists, and is unsubscribed from them no more. Raises as
    `signup_asked` does, and `Restricted` where the account's forms may take nothing now.
    """
    now = clock.now()
    account_id, request_id = read_signup_token(token, now)
    what = asked(request_of(account_id, request_id, lock=True))
    may_take(what.form)
    with connection.cursor() as cursor:
        ordinal = make_contact(cursor, what.request, now)
        let_back(cursor, account_id, what.request.canonical)
        numbers = [number for number, _name in what.lists]
        cursor.execute(
            LIFT, [account_id, what.request.canonical, list(TAKEN_BACK), [str(each) for each in numbers]]
        )
        for number in numbers:
            add_members(cursor, account_id, number, BitMap([ordinal]))
        note(cursor, what, ordinal, now)
    drop_request(account_id, request_id)
    record(
        actor=acting_for(what.form),
        act="signup.confirmed",
        account_id=account_id,
        subject=f"form:{what.form.id}",
        facts={"lists": numbers},
        clock=clock,
    )
    return what


def make_contact(cursor: Any, request: SignupRequest, now: datetime) -> int:
    """The ordinal of the contact, new or known, behind the account's door for new contacts."""
    following = lock_ordinals(cursor, request.account_id)
    address = None if request.address == request.canonical else request.address
    attributes = json.dumps(request.attributes)
    cursor.execute(UPSERT, [request.account_id, following, request.canonical, address, attributes, now, now])
    ordinal = cursor.fetchone()[0]
    if ordinal == following:
        cursor.execute("UPDATE contact_ordinal SET next = next + 1 WHERE account_id = %s", [request.account_id])
    return ordinal


def note(cursor: Any, what: Asked, ordinal: int, now: datetime) -> None:
    """Two lines for each list: what was agreed to when the form was sent, and that its owner confirmed it."""
    request = what.request
    for number, _name in what.lists:
        for act, at in (("given", request.requested_at), ("confirmed", now)):
            note_consent(
                cursor, request.account_id, request.canonical, ordinal, f"list:{number}", act, "form",
                request.text_version, f"form:{what.form.id}", at,
            )  # fmt: skip
