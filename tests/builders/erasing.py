"""Looks through the whole database, octet by octet, for what should not be there any more."""

from __future__ import annotations

import zlib
from contextlib import suppress

from django.db import connection

COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
"""


def places_of(text: str) -> set[str]:
    """table.column of every value that holds this text, in any case, as it is or compressed (zlib)."""
    wanted = text.lower().encode()
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            value = f'"{column}"' if kind == "bytea" else f'convert_to("{column}"::text, \'UTF8\')'
            cursor.execute(f'SELECT {value} FROM "{table}" WHERE "{column}" IS NOT NULL')
            if any(wanted in seen(bytes(each)).lower() for (each,) in cursor.fetchall()):
                found.add(f"{table}.{column}")
    return found


def seen(value: bytes) -> bytes:
    with suppress(zlib.error):
        # Journal records are of 128 octets with 80 of text before the sum: read on over their borders.
        whole = zlib.decompress(value)
        return value + whole + b"".join(whole[at + 44 : at + 124] for at in range(0, len(whole), 128))
    return value
