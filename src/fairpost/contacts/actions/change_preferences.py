"""A contact chooses for itself: lists, language, whether it is followed, or nothing more; each is in the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from pyroaring import BitMap

from fairpost.audit.actions import record
from fairpost.contacts.consent import TRACKING, note_consent
from fairpost.contacts.membership import add_members
from fairpost.contacts.models import ContactList
from fairpost.contacts.queries.preferences import LANGUAGE, Preferences, language_of, preferences_of
from fairpost.contacts.reach import Reach
from fairpost.contacts.reasons import SAID_BY_THEM, UNSUBSCRIBED
from fairpost.contacts.suppression import add_suppressions, lift
from fairpost.contacts.tracking import switch_contact
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.tenants.authorise import authorise
from fairpost.tenants.naming import LANGUAGES

HOW = "preferences"
EVERYTHING = Reach("account")
# Both by the primary keys.
SELECT_REASON = """
    SELECT reason FROM suppression WHERE account_id = %s AND canonical = %s AND reach = %s AND reach_id = %s"""
SET_LANGUAGE = """
    UPDATE contact SET attributes = CASE WHEN %s = '' THEN attributes - %s
        ELSE attributes || jsonb_build_object(%s::text, %s::text) END, updated_at = %s
    WHERE account_id = %s AND ordinal = %s"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """`lists` are wanted of those that were `shown`; `language` is None where none was asked."""

    shown: Collection[int] = field(default_factory=tuple)
    lists: Collection[int] = field(default_factory=tuple)
    language: str | None = None
    tracking: bool = True
    leave_all: bool = False


def owner_of(account_id: int) -> Actor:
    """Whoever holds the link of a mail: it may change this one contact, and nothing else."""
    rights = frozenset({"contacts.write"})
    return Actor(name="preference centre", via="web", capabilities=rights, account_id=account_id)


@transaction.atomic
def change_preferences(
    *, actor: Actor, account_id: int, ordinal: int, wishes: Wishes, source: str, clock: Clock = SYSTEM_CLOCK
) -> Preferences:
    """What holds from now on. `source` is where the link stood, such as campaign:7.

    A list that was not shown, or that is neither the contact's nor public, is left as it is. Whoever left everything
    comes back by a sign-up form, not by an old link. Raises `NotFound` where there is no such contact.
    """
    authorise(actor, "contacts.write", account_id=account_id, act="preferences.change")
    before = preferences_of(account_id, ordinal)
    if before is None:
        raise NotFound("")
    change = Change(account_id, ordinal, before.contact.canonical, source, clock.now())
    with connection.cursor() as cursor:
        if wishes.leave_all:
            change.leave(cursor, "account", EVERYTHING)
        else:
            change.choose_lists(cursor, before, wishes)
            change.choose_tracking(cursor, wishes.tracking)
            change.choose_language(cursor, wishes.language)
    if change.changed:
        record(
            actor=actor,
            act="preferences.changed",
            account_id=account_id,
            subject=f"contact:{account_id}.{ordinal}",
            facts={"changed": change.changed},
            clock=clock,
        )
    after = preferences_of(account_id, ordinal)
    assert after is not None
    return after


@dataclass(slots=True)
class Change:
    """One contact's change; `changed` names what was."""

    account_id: int
    ordinal: int
    canonical: str
    source: str
    now: datetime
    changed: list[str] = field(default_factory=list)

    def choose_lists(self, cursor: Any, before: Preferences, wishes: Wishes) -> None:
        public = set(
            ContactList.objects.filter(account_id=self.account_id, archived_at=None)
            .exclude(public_title="")
            .values_list("id", flat=True)
        )
        for each in before.lists:
            what, wanted = f"list:{each.list_id}", each.list_id in wishes.lists
            if each.list_id not in wishes.shown or wanted == each.on:
                continue
            reach = Reach("list", str(each.list_id))
            if not wanted:
                self.leave(cursor, what, reach)
            elif not before.left_all and self.may_join(cursor, reach, each.list_id in public):
                lift(cursor, self.account_id, self.canonical, reach)
                add_members(cursor, self.account_id, each.list_id, BitMap([self.ordinal]))
                self.note(cursor, what, "given")

    def may_join(self, cursor: Any, reach: Reach, public: bool) -> bool:
        """What it said itself it may take back; what others decided it may not."""
        cursor.execute(SELECT_REASON, [self.account_id, self.canonical, reach.kind, reach.key])
        row = cursor.fetchone()
        return public if row is None else row[0] in SAID_BY_THEM

    def leave(self, cursor: Any, what: str, reach: Reach) -> None:
        if add_suppressions(
            cursor, self.account_id, [self.canonical], reach, UNSUBSCRIBED, self.source, self.now
        ):
            self.note(cursor, what, "withdrawn")

    def choose_tracking(self, cursor: Any, wanted: bool) -> None:
        if switch_contact(cursor, self.account_id, self.ordinal, off=not wanted):
            self.note(cursor, TRACKING, "given" if wanted else "withdrawn")

    def choose_language(self, cursor: Any, wanted: str | None) -> None:
        if wanted is None or (wanted and wanted not in LANGUAGES) or language_of(self.account_id, "") is None:
            return
        values = [wanted, LANGUAGE, LANGUAGE, wanted, self.now, self.account_id, self.ordinal]
        cursor.execute(SET_LANGUAGE, values)

    def note(self, cursor: Any, what: str, act: str) -> None:
        note_consent(
            cursor, self.account_id, self.canonical, self.ordinal, what, act, HOW, None, self.source, self.now
        )
        self.changed.append(f"{what} {act}")

