"""An erased address is known by nothing but a keyed hash, which keeps it from coming back.

HMAC-SHA256 (RFC 2104) of account and canonical form, under a key derived from the installation's key ring: without that
file, which is not in the database, nobody can try addresses. A hash keeps the key it was made with when the ring gets
a newer one, so every key of the ring is tried.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fairpost.tenants.keyring import installation_keyring

PURPOSE = "erased address 1"
MARK = "erased:"

# All by the primary key (account_id, hash).
INSERT = "INSERT INTO erased (account_id, hash, key_id, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
DELETE = "DELETE FROM erased WHERE account_id = %s AND hash = ANY(%s)"
ANY_AT_ALL = "SELECT 1 FROM erased WHERE account_id = %s LIMIT 1"
FOUND = "SELECT hash FROM erased WHERE account_id = %s AND hash = ANY(%s)"
SELECT = "SELECT key_id, hash FROM erased WHERE account_id = %s AND at >= %s"
EVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


class ErasedAddresses:
    """Those of one account, looked up once for many questions: `canonical in erased`."""

    def __init__(self, account_id: int, hashes: Iterable[tuple[int, bytes]]) -> None:
        self.account_id = account_id
        by_key: dict[int, set[bytes]] = defaultdict(set)
        for key_id, found in hashes:
            by_key[key_id].add(bytes(found))
        self.by_key = [(key_of(key_id), known) for key_id, known in by_key.items()]

    def __bool__(self) -> bool:
        return bool(self.by_key)

    def __contains__(self, canonical: str) -> bool:
        return any(hash_under(key, self.account_id, canonical) in known for key, known in self.by_key)


def erased_addresses(cursor: Any, account_id: int, since: datetime = EVER) -> ErasedAddresses:
    """Those that were erased since then; 32 octets each are held in memory."""
    cursor.execute(SELECT, [account_id, since])
    return ErasedAddresses(account_id, cursor.fetchall())


def is_erased(cursor: Any, account_id: int, canonical: str) -> bool:
    """Whether this address was erased in this account."""
    return bool(erased_among(cursor, account_id, [canonical]))


def erased_among(cursor: Any, account_id: int, canonicals: Iterable[str]) -> set[str]:
    """Those of these addresses that were erased. Where the account erased nobody, nothing is hashed."""
    cursor.execute(ANY_AT_ALL, [account_id])
    if cursor.fetchone() is None:
        return set()
    keys = [key_of(key.id) for key in installation_keyring().keys]
    hashes = {hash_under(key, account_id, each): each for each in canonicals for key in keys}
    cursor.execute(FOUND, [account_id, list(hashes)])
    return {hashes[bytes(found)] for (found,) in cursor.fetchall()}


def keep_away(cursor: Any, account_id: int, canonical: str, now: datetime) -> str:
    """Remembers that the address is erased; what stands for it in the ledger from now on: `erased:` and hex digits."""
    ring = installation_keyring()
    found = hash_under(key_of(ring.current_id), account_id, canonical)
    cursor.execute(INSERT, [account_id, found, ring.current_id, now])
    return MARK + found.hex()


def let_back(cursor: Any, account_id: int, canonical: str) -> bool:
    """Forgets it: only for whoever confirmed by mail that they want to be written to again."""
    hashes = [hash_under(key_of(key.id), account_id, canonical) for key in installation_keyring().keys]
    cursor.execute(DELETE, [account_id, hashes])
    return cursor.rowcount > 0


def key_of(key_id: int) -> bytes:
    return installation_keyring().derive(PURPOSE, key_id=key_id)


def hash_under(key: bytes, account_id: int, canonical: str) -> bytes:
    return hmac.digest(key, f"{account_id} {canonical}".encode(), "sha256")
