"""Who of some thousand contacts is in a list or segment: asked for one batch, without a look at the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from pyroaring import BitMap

from fairpost.contacts.queries.audience import members_by_list, segment_trees
from fairpost.contacts.queries.members import CHUNK_BITS
from fairpost.contacts.queries.scan import scan_contacts
from fairpost.segments.bitmaps import Asked, combine, leaves, to_sets

# By the primary key (account_id, list_id, chunk).
SELECT_CHUNKS = """
SELECT members FROM list_chunk WHERE account_id = %s AND list_id = ANY(%s) AND chunk BETWEEN %s AND %s
"""


def among_lists(
    connection: Connection[Any], account_id: int, ordinals: BitMap, list_ids: Sequence[int]
) -> BitMap:
    """Those of `ordinals` that are members of any of these lists of the account."""
    found = BitMap()
    if ordinals:
        chunks = (ordinals.min() >> CHUNK_BITS, ordinals.max() >> CHUNK_BITS)
        for (members,) in connection.execute(SELECT_CHUNKS, [account_id, list(list_ids), *chunks]):
            found |= BitMap.deserialize(bytes(members)) & ordinals
    return found


def among_segments(
    connection: Connection[Any], account_id: int, ordinals: BitMap, segment_ids: Sequence[int], today: date
) -> BitMap:
    """Those of `ordinals` for whom the condition of any of these segments holds. Raises NotFound for a missing one."""
    found = BitMap()
    if not ordinals:
        return found
    trees = segment_trees(connection, account_id, set(segment_ids))
    sets = {key: to_sets(tree) for key, tree in trees.items()}
    asked = list(dict.fromkeys(leaf for each in sets.values() for leaf in leaves(each) if isinstance(leaf, Asked)))
    span = (ordinals.min(), ordinals.max() + 1)
    answers = scan_contacts(connection, account_id, [leaf.condition for leaf in asked], today, span=span)
    known = {**dict(zip(asked, answers, strict=True)), **members_by_list(connection, account_id, sets)}
    for each in sets.values():
        found |= combine(each, known, ordinals) & ordinals
    return found
