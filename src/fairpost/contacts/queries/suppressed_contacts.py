"""Which contacts of an account are suppressed for all of its mail is kept as answers are, by the hash of the address.

Who comes, goes, is suppressed or no longer is, changes the version of one in 1,024 parts, which alone is asked anew.
Suppressions that reach over accounts are few, and looked up each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from psycopg import Connection, Cursor
from pyroaring import BitMap

from fairpost.contacts.queries.answers import Answer, chunks_of, keep, kept_answers, key_of
from fairpost.contacts.queries.audience import suppressed, suppressed_by
from fairpost.contacts.queries.members import numbers_of
from fairpost.contacts.queries.scan import raw_value
from fairpost.contacts.queries.suppressions import Mailing, own_suppressions, shared_suppressions

PARTS = range(-1024, 0)  # as address_chunk() of the database numbers them
SMALL = 16  # chunks of contacts: up to a million, looking is as quick as reading what was kept
NOBODY: tuple[str, list[Any]] = ("false", [])

# Suppressions by their primary key, contacts by the unique index (account_id, canonical), which holds the ordinal too.
ASK = """
SELECT (SELECT json_object_agg(v.chunk, v.version) FROM (
        SELECT chunk, sum(version) AS version FROM contact_chunk WHERE account_id = %s AND chunk < 0 GROUP BY chunk) v),
    array_agg(address_chunk(c.canonical)), array_agg(c.ordinal)
FROM (SELECT DISTINCT s.canonical FROM suppression s WHERE {own} AND address_chunk(s.canonical) = ANY(%s)
    ORDER BY s.canonical) gone
JOIN contact c ON c.account_id = %s AND c.canonical = gone.canonical
"""


def suppressed_contacts(connection: Connection[Any], account_id: int, today: date) -> BitMap:
    """The ordinals suppressed for the account or the installation; `today` is the day it is used on."""
    mailing = Mailing(account_id)
    if chunks_of(connection, account_id) <= SMALL:
        return suppressed(connection, mailing)
    key = suppression_key(account_id)
    found, missing = kept_answers(connection, account_id, [key], PARTS, today)
    parts = [part for part, keys in zip(PARTS, missing, strict=True) if keys]
    fresh = ask(connection, account_id, key, parts) if parts else []
    if fresh:
        keep(connection, account_id, fresh, today)
    shared = suppressed_by(connection, account_id, NOBODY, shared_suppressions(mailing))
    return BitMap.union(found[key], shared, *(each.members for each in fresh))


def suppression_key(account_id: int) -> bytes:
    """What it is kept under."""
    return key_of((ASK, list(own_suppressions(Mailing(account_id)))))


def ask(connection: Connection[Any], account_id: int, key: bytes, parts: Sequence[int]) -> list[Answer]:
    """Who of these parts is suppressed, with the versions they have in the same snapshot."""
    own = own_suppressions(Mailing(account_id))
    with Cursor(connection) as cursor:
        values = [account_id, *own[1], list(parts), account_id]
        cursor.execute(ASK.format(own=own[0]), values, binary=True)  # type: ignore[arg-type]
        versions = json.loads(raw_value(cursor, 0) or "{}")
        places, ordinals = numbers_of(raw_value(cursor, 1)), numbers_of(raw_value(cursor, 2))
    order = np.argsort(places, kind="stable")
    places, ordinals = places[order], ordinals[order].astype(np.uint32)
    edges = np.searchsorted(places, np.array([parts, np.array(parts) + 1]))
    return [
        Answer(key, part, int(versions.get(str(part), 0)), BitMap(ordinals[first:last]))
        for part, first, last in zip(parts, *edges, strict=True)
    ]
