"""What this app itself holds on one person: contact, lists, switches, ledger, suppressions, sign-ups, imports."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql
from pyroaring import BitMap

from fairpost.contacts.holdings import Whom
from fairpost.contacts.imports.staging import staging_table
from fairpost.contacts.membership import remove_members
from fairpost.contacts.models import ContactImport, ContactList, SignupForm
from fairpost.contacts.queries.contacts import SELECT_LISTS, suppressions_of
from fairpost.contacts.queries.members import CHUNK_BITS
from fairpost.contacts.tracking import switch_contact, tracking_off

# By the unique index (account_id, canonical).
SELECT_CONTACT = """
    SELECT COALESCE(address, canonical), attributes::text, created_at, updated_at FROM contact
    WHERE account_id = %s AND canonical = %s"""
# By the index consent_of_address.
SELECT_LEDGER = """
    SELECT at, what, act, how, text_version, source FROM consent WHERE account_id = %s AND canonical = %s ORDER BY id"""
ERASE_LEDGER = """
    UPDATE consent SET canonical = %s, ordinal = NULL,
        source = CASE WHEN strpos(lower(source), %s) > 0 THEN '' ELSE source END
    WHERE account_id = %s AND canonical = %s"""
# By the index signup_request_of_address.
SELECT_SIGNUPS = """
    SELECT form_id, attributes::text, text_version, state, requested_at FROM signup_request
    WHERE account_id = %s AND canonical = %s ORDER BY requested_at"""


def contact(cursor: Any, whom: Whom) -> dict[str, Any] | None:
    """The row with all attributes, its lists, and whether it is followed."""
    cursor.execute(SELECT_CONTACT, [whom.account_id, whom.canonical])
    row = cursor.fetchone()
    if row is None or whom.ordinal is None:
        return None
    off = tracking_off(cursor, whom.account_id, whom.ordinal, whom.ordinal)
    return {
        "address": row[0],
        "number": whom.ordinal,
        "attributes": json.loads(row[1]),
        "added": row[2],
        "updated": row[3],
        "lists": names(lists_of(cursor, whom)),
        "tracking": whom.ordinal not in off.contacts,
    }


def erase_contact(cursor: Any, whom: Whom, now: datetime) -> int:
    """Out of every list, every switch and the contacts themselves; the ordinal is never given again."""
    if whom.ordinal is None:
        return 0
    for list_id in lists_of(cursor, whom):
        remove_members(cursor, whom.account_id, list_id, BitMap([whom.ordinal]))
    switch_contact(cursor, whom.account_id, whom.ordinal, off=False)
    cursor.execute("DELETE FROM contact WHERE account_id = %s AND ordinal = %s", [whom.account_id, whom.ordinal])
    return cursor.rowcount


def lists_of(cursor: Any, whom: Whom) -> list[int]:
    """Archived lists too: what is archived still holds people."""
    ordinal = whom.ordinal or 0
    cursor.execute(SELECT_LISTS, [whom.account_id, ordinal >> CHUNK_BITS])
    return [each for each, members in cursor.fetchall() if ordinal in BitMap.deserialize(bytes(members))]


def names(list_ids: list[int]) -> list[str]:
    return list(ContactList.objects.filter(id__in=list_ids).order_by("name").values_list("name", flat=True))


def ledger(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Every line, the oldest first."""
    cursor.execute(SELECT_LEDGER, [whom.account_id, whom.canonical])
    keys = ("at", "what", "act", "how", "text_version", "source")
    return [dict(zip(keys, row, strict=True)) for row in cursor.fetchall()]


def erase_ledger(cursor: Any, whom: Whom, now: datetime) -> int:
    """The lines stay, as proof for whoever can name the address; the address does not."""
    cursor.execute(ERASE_LEDGER, [whom.hashed, whom.canonical, whom.account_id, whom.canonical])
    return cursor.rowcount


def suppressions(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Those of the account, and those of the installation that reach it."""
    found = suppressions_of(cursor, whom.account_id, whom.canonical, ())
    return [{"reach": e.reach, "reason": e.reason, "source": e.source, "since": e.since} for e in found]


def erase_suppressions(cursor: Any, whom: Whom, now: datetime) -> int:
    """The account's own: the hash keeps the address away from now on. Those of others are not the account's to end."""
    cursor.execute(
        "DELETE FROM suppression WHERE account_id = %s AND canonical = %s", [whom.account_id, whom.canonical]
    )
    return cursor.rowcount


def sign_ups(cursor: Any, whom: Whom) -> list[dict[str, Any]]:
    """Those that wait for their confirmation."""
    cursor.execute(SELECT_SIGNUPS, [whom.account_id, whom.canonical])
    rows = cursor.fetchall()
    titles = dict(SignupForm.objects.filter(id__in=[row[0] for row in rows]).values_list("id", "title"))
    keys = ("form", "attributes", "text_version", "state", "requested_at")
    return [dict(zip(keys, (titles.get(row[0]), json.loads(row[1]), *row[2:]), strict=True)) for row in rows]


def erase_sign_ups(cursor: Any, whom: Whom, now: datetime) -> int:
    cursor.execute(
        "DELETE FROM signup_request WHERE account_id = %s AND canonical = %s", [whom.account_id, whom.canonical]
    )
    return cursor.rowcount


def erase_from_imports(cursor: Any, whom: Whom, now: datetime) -> int:
    """Out of what runs now, and out of the files of rows that were not taken, as far as they lie on this machine."""
    changed = 0
    for job in ContactImport.objects.filter(account_id=whom.account_id):
        if job.state == "staging":
            changed += unstage(cursor, job.id, whom.canonical)
        if job.rejects_path and blot_out(Path(job.rejects_path), {whom.canonical, whom.address}):
            changed += 1
    return changed


def unstage(cursor: Any, import_id: int, canonical: str) -> int:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"contact_staging_{import_id}"])
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(sql.SQL("DELETE FROM {} WHERE canonical = %s").format(staging_table(import_id)), [canonical])
    return cursor.rowcount


def blot_out(path: Path, addresses: set[str]) -> bool:
    """Puts stars where an address stands, as many as it has octets: an import that writes on keeps its place."""
    if not path.is_file():
        return False
    before = path.read_bytes()
    wanted = re.compile(b"|".join(re.escape(each.encode()) for each in sorted(addresses)), re.IGNORECASE)
    after = wanted.sub(lambda match: b"*" * len(match[0]), before)
    if after != before:
        with path.open("r+b") as file:
            file.write(after)
    return after != before
