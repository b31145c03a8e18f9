"""Freezing an audience gives the exact set of contacts a campaign addresses, at one moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.contacts.behaviour import who_did
from fairpost.contacts.queries.answers import answers
from fairpost.contacts.queries.members import list_members, ordinals_of
from fairpost.contacts.queries.scan import EVERYBODY, compiled, raw_value
from fairpost.contacts.queries.suppressions import Mailing, own_suppressions, shared_suppressions
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience
from fairpost.segments.bitmaps import Asked, Leaf, SetTree, leaves, needs_everyone, select, to_sets
from fairpost.segments.json_form import from_json
from fairpost.segments.tree import Behaved, Condition, InList

# Suppressed addresses are few beside contacts: found by the unique index (account_id, canonical), which holds the
# ordinal too, and looked up in its order, so that each of its pages is read once.
SELECT_SUPPRESSED = """
    SELECT array_agg(c.ordinal) FROM (
        SELECT s.canonical FROM suppression s WHERE {own}
        UNION SELECT s.canonical FROM shared_suppression s WHERE {shared}
        ORDER BY canonical) gone
    JOIN contact c ON c.account_id = %s AND c.canonical = gone.canonical"""
# By the partial index contact_domain_unusable.
SELECT_DEAD = "SELECT domain FROM contact_domain WHERE verdict IN ('null_mx', 'dead')"
ON_DEAD_DOMAIN = "substr(c.canonical, strpos(c.canonical, '@') + 1) = ANY(%s)"


@dataclass(frozen=True, slots=True)
class FrozenAudience:
    """`members` (ordinals) are whom to mail; the rest are counts of contacts.

    `selected` by lists and segments, of these `excluded` by the audience itself, of the rest `suppressed`, of
    the rest on a `dead_domain` (no mail host, or a null MX). `left_out` has these three as ordinals, by these names.
    """

    members: BitMap
    selected: int
    excluded: int
    suppressed: int
    dead_domain: int = 0
    left_out: Mapping[str, BitMap] = field(default_factory=dict)


def freeze_audience(
    connection: Connection[Any],
    account_id: int,
    audience: Audience,
    *,
    now: datetime,
    unit_id: int | None = None,
    sending_domain: str = "",
    joint_sender_id: int | None = None,
) -> FrozenAudience:
    """The audience at this moment, less suppressions that reach this mailing and contacts on dead domains.

    Raises `NotFound` for a list or segment that the account has not, `Invalid` for an audience that names
    nobody. What changes while it runs may or may not be in it; each attempt filters again.
    """
    if not (audience.everyone or audience.lists or audience.segments):
        raise Invalid(_("The audience names no list and no segment, and is not everyone."), field="audience")
    mailing = Mailing(account_id, unit_id, sending_domain, joint_sender_id, audience.lists)
    with connection.transaction():
        require_lists(connection, account_id, {*audience.lists, *audience.exclude_lists})
        trees = segment_trees(connection, account_id, {*audience.segments, *audience.exclude_segments})
        found = look_up(connection, account_id, audience, trees, now.date())
        selected = found.selection(audience)
        excluded = selected & found.exclusion(audience)
        selected_count = len(selected)
        selected -= excluded
        gone = suppressed(connection, mailing) & selected
        selected -= gone
        dead = found.dead & selected
        selected -= dead
    selected.run_optimize()
    left_out = {"excluded": excluded, "suppressed": gone, "dead_domain": dead}
    return FrozenAudience(selected, selected_count, len(excluded), len(gone), len(dead), left_out)


class Found:
    """What was looked up for one audience: its segments, everybody, and those on dead domains."""

    def __init__(self, connection: Connection[Any], account_id: int) -> None:
        self.connection = connection
        self.account_id = account_id
        self.everyone = BitMap()
        self.dead = BitMap()
        self.segments: dict[int, BitMap] = {}

    def selection(self, audience: Audience) -> BitMap:
        if audience.everyone:
            return self.everyone.copy()
        named = list_members(self.connection, self.account_id, list(audience.lists))
        for each in audience.segments:
            named |= self.segments[each]
        return named

    def exclusion(self, audience: Audience) -> BitMap:
        named = list_members(self.connection, self.account_id, list(audience.exclude_lists))
        for each in audience.exclude_segments:
            named |= self.segments[each]
        return named


def look_up(
    connection: Connection[Any], account_id: int, audience: Audience, trees: dict[int, Condition], today: date
) -> Found:
    """Answers every question of the audience in one pass over the contacts that changed since it was asked last."""
    dead_domains = [domain for (domain,) in connection.execute(SELECT_DEAD)]
    return look_up_trees(connection, account_id, trees, today, audience.everyone, dead_domains)


def look_up_trees(
    connection: Connection[Any],
    account_id: int,
    trees: dict[int, Condition],
    today: date,
    everyone: bool = False,
    dead_domains: Sequence[str] = (),
) -> Found:
    """The contacts for whom each condition holds; everybody and those on dead domains where asked for."""
    sets: dict[int, SetTree] = {key: to_sets(tree) for key, tree in trees.items()}
    asked = list(dict.fromkeys(leaf for each in sets.values() for leaf in leaves(each) if isinstance(leaf, Asked)))
    conditions = [leaf.condition for leaf in asked]
    if everyone or any(needs_everyone(each) for each in sets.values()):
        conditions.append(EVERYBODY)
    questions = [compiled(each, today) for each in conditions]
    if dead_domains:
        questions.append((ON_DEAD_DOMAIN, [list(dead_domains)]))
    told = answers(connection, account_id, questions, today)
    found = Found(connection, account_id)
    if dead_domains:
        found.dead = told.pop()
    if EVERYBODY in conditions:
        found.everyone = told.pop()
    known: dict[Leaf, BitMap] = dict(zip(asked, told, strict=True))
    known |= known_sets(connection, account_id, sets, today)
    found.segments = {key: select(each, known, found.everyone) for key, each in sets.items()}
    return found


def known_sets(
    connection: Connection[Any],
    account_id: int,
    sets: Mapping[int, SetTree],
    today: date,
    span: tuple[int, int] | None = None,
) -> dict[Leaf, BitMap]:
    """The lists that segments name, and who did what they ask for; with `span` perhaps only of these ordinals."""
    named = dict.fromkeys(leaf for each in sets.values() for leaf in leaves(each))
    lists = members_by_list(connection, account_id, [leaf for leaf in named if isinstance(leaf, InList)])
    deeds = [leaf for leaf in named if isinstance(leaf, Behaved)]
    return {**lists, **who_did(connection, account_id, deeds, today, span)}


def members_by_list(connection: Connection[Any], account_id: int, named: Sequence[InList]) -> dict[InList, BitMap]:
    """The members of each of these lists, less those who unsubscribed from that list."""
    require_lists(connection, account_id, {leaf.list_id or 0 for leaf in named})
    members: dict[InList, BitMap] = {}
    for leaf in named:
        own = ("s.account_id = %s AND s.reach = 'list' AND s.reach_id = %s", [account_id, str(leaf.list_id)])
        left = suppressed_by(connection, account_id, own, ("false", []))
        members[leaf] = list_members(connection, account_id, [leaf.list_id or 0]) - left
    return members


def require_lists(connection: Connection[Any], account_id: int, list_ids: set[int]) -> None:
    """Raises `NotFound` unless all are lists of the account."""
    rows = connection.execute(
        "SELECT id FROM contacts_contactlist WHERE account_id = %s AND id = ANY(%s)",
        (account_id, list(list_ids)),
    )
    missing = list_ids - {each for (each,) in rows}
    if missing:
        raise NotFound(_("There is no list {id} in this account.").format(id=min(missing)))


def segment_trees(connection: Connection[Any], account_id: int, segment_ids: set[int]) -> dict[int, Condition]:
    """The condition of each segment. Raises `NotFound` unless all are the account's."""
    rows = connection.execute(
        "SELECT id, tree::text FROM contacts_segment WHERE account_id = %s AND id = ANY(%s)",
        (account_id, list(segment_ids)),
    )
    trees = {segment_id: from_json(json.loads(tree)) for segment_id, tree in rows}
    missing = segment_ids - set(trees)
    if missing:
        raise NotFound(_("There is no segment {id} in this account.").format(id=min(missing)))
    return trees


def suppressed(connection: Connection[Any], mailing: Mailing) -> BitMap:
    """The account's contacts whom this mailing must not reach."""
    return suppressed_by(connection, mailing.account_id, own_suppressions(mailing), shared_suppressions(mailing))


def suppressed_by(
    connection: Connection[Any], account_id: int, own: tuple[str, list[Any]], shared: tuple[str, list[Any]]
) -> BitMap:
    with Cursor(connection) as cursor:
        sql = SELECT_SUPPRESSED.format(own=own[0], shared=shared[0])
        cursor.execute(sql, [*own[1], *shared[1], account_id], binary=True)  # type: ignore[arg-type]
        return ordinals_of(raw_value(cursor, 0))
