"""Segments and what they select: saved ones, and conditions that are only being tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from psycopg import Connection
from pyroaring import BitMap

from fairpost.contacts.models import Segment
from fairpost.contacts.naming import resolve_names, segment_named
from fairpost.contacts.queries.audience import Found, look_up_trees
from fairpost.contacts.queries.suppressed_contacts import suppressed_contacts
from fairpost.contacts.scope import may_use, own_segment
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import NotFound
from fairpost.segments.explanation import explain
from fairpost.segments.json_form import from_json
from fairpost.segments.parser import parse
from fairpost.segments.tree import Condition


@dataclass(frozen=True, slots=True)
class SavedSegment:
    segment_id: int
    name: str
    condition: str
    explanation: str
    unit_id: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """`contacts` for whom the condition holds; of these `suppressed` for the whole account or installation."""

    contacts: int
    suppressed: int
    mailable: int


def segments_of(actor: Actor, account_id: int) -> list[SavedSegment]:
    """The account's segments that the actor may use, by name."""
    rows = Segment.objects.filter(account_id=account_id, archived_at=None).order_by("name")
    return [saved(each) for each in rows if may_use(actor, each.unit_id)]


def saved_segment(actor: Actor, account_id: int, segment_id: int) -> SavedSegment:
    """One segment. Raises `NotFound`."""
    return saved(own_segment(actor, account_id, segment_id))


def saved(row: Segment) -> SavedSegment:
    words = explain(from_json(row.tree))
    return SavedSegment(row.id, row.name, row.condition, words, row.unit_id, row.updated_at)


def segment_tree(actor: Actor, account_id: int, segment_id: int) -> Condition:
    """The condition of one segment. Raises `NotFound`."""
    return from_json(own_segment(actor, account_id, segment_id).tree)


def select_contacts(connection: Connection[Any], account_id: int, tree: Condition, now: datetime) -> BitMap:
    """The ordinals for which a condition holds at this moment, suppressed ones included."""
    found: Found = look_up_trees(connection, account_id, {0: tree}, now.date())
    return found.segments[0]


def count_condition(connection: Connection[Any], account_id: int, tree: Condition, now: datetime) -> SegmentCount:
    """How many contacts a condition selects at this moment."""
    selected = select_contacts(connection, account_id, tree, now)
    gone = suppressed_contacts(connection, account_id, now.date()) & selected
    return SegmentCount(len(selected), len(gone), len(selected) - len(gone))


def count_text(actor: Actor, account_id: int, condition: str, clock: Clock = SYSTEM_CLOCK) -> SegmentCount:
    """How many contacts a condition that is not saved selects now. Raises `Invalid` where it cannot be read."""
    tree = resolve_names(actor, account_id, parse(condition))
    return count_condition(raw_connection(), account_id, tree, clock.now())


def count_segment(actor: Actor, account_id: int, segment_id: int, clock: Clock = SYSTEM_CLOCK) -> SegmentCount:
    """How many contacts a segment selects now. Raises `NotFound`."""
    return count_condition(raw_connection(), account_id, segment_tree(actor, account_id, segment_id), clock.now())


def explain_text(actor: Actor, account_id: int, name_or_condition: str) -> str:
    """A segment by its name or number, or a condition, in words. Raises `Invalid` where it is neither."""
    try:
        segment_id = segment_named(actor, account_id, name_or_condition)
    except NotFound:
        return explain(resolve_names(actor, account_id, parse(name_or_condition)))
    return saved_segment(actor, account_id, segment_id).explanation


def raw_connection() -> Connection[Any]:
    """Django's connection to the database as psycopg sees it."""
    database.ensure_connection()
    return database.connection
