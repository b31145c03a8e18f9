"""Who of some thousand contacts is in a list or segment: asked for one batch, without a look at the others."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg import Connection
from pyroaring import BitMap

from fairpost.contacts.queries.audience import known_sets
from fairpost.contacts.queries.members import CHUNK_BITS
from fairpost.contacts.queries.scan import scan_contacts
from fairpost.segments.bitmaps import Asked, Leaf, leaves, select, to_sets
from fairpost.segments.json_form import from_json

# By the primary key (account_id, list_id, chunk).
SELECT_CHUNKS = """
SELECT list_id, members FROM list_chunk WHERE account_id = %s AND list_id = ANY(%s) AND chunk BETWEEN %s AND %s
"""


SELECT_SEGMENTS = "SELECT id, tree::text FROM contacts_segment WHERE account_id = %s AND id = ANY(%s)"


def among_lists(
    connection: Connection[Any], account_id: int, ordinals: BitMap, list_ids: Collection[int]
) -> dict[int, BitMap]:
    """Of each of these lists of the account, those of `ordinals` that are members."""
    found = {each: BitMap() for each in list_ids}
    if ordinals and list_ids:
        chunks = (ordinals.min() >> CHUNK_BITS, ordinals.max() >> CHUNK_BITS)
        for number, members in connection.execute(SELECT_CHUNKS, [account_id, list(list_ids), *chunks]):
            found[number] |= BitMap.deserialize(bytes(members)) & ordinals
    return found


def among_segments(
    connection: Connection[Any], account_id: int, ordinals: BitMap, segment_ids: Collection[int], today: date
) -> dict[int, BitMap]:
    """Of each of these segments, those of `ordinals` for whom its condition holds; in one pass over them.

    A segment that the account has not (any more) holds nobody.
    """
    found = {each: BitMap() for each in segment_ids}
    if not ordinals or not segment_ids:
        return found
    rows = connection.execute(SELECT_SEGMENTS, [account_id, list(segment_ids)])
    trees = {number: from_json(json.loads(tree)) for number, tree in rows}
    sets = {key: to_sets(tree) for key, tree in trees.items()}
    asked = list(dict.fromkeys(leaf for each in sets.values() for leaf in leaves(each) if isinstance(leaf, Asked)))
    span = (ordinals.min(), ordinals.max() + 1)
    answers = scan_contacts(connection, account_id, [leaf.condition for leaf in asked], today, span)
    known: dict[Leaf, BitMap] = dict(zip(asked, answers, strict=True))
    known |= known_sets(connection, account_id, sets, today, span)
    return found | {key: select(each, known, ordinals) & ordinals for key, each in sets.items()}
