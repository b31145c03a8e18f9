"""All tables are emptied after each test that commits, by deleting from those few that hold anything.

Django would empty those of its models alone; plain tables would keep what one test left for the next. TRUNCATE makes
new files for every table and index, a hundred and more of them, whether they hold anything or not: that took most of
the time of such a test.
"""

from __future__ import annotations

from typing import Any

from django.core.management.color import Style
from django.db.backends.postgresql.operations import DatabaseOperations

# What migrations themselves put there stays.
SEEDED = ("django_content_type", "django_migrations", "force_version", "gate_epoch")
TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
FILLED = "SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})"
# Those that session_replication_role does not switch off.
ALWAYS = """
SELECT c.relname, t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE t.tgenabled = 'A' AND NOT t.tgisinternal
"""
truncating = DatabaseOperations.sql_flush


def sql_flush(
    self: DatabaseOperations, style: Style, tables: list[str], *, reset_sequences: bool = False, **options: Any
) -> list[str]:
    """The statements that empty these tables; triggers that refuse a DELETE sleep meanwhile."""
    if reset_sequences or not tables:
        return truncating(self, style, tables, reset_sequences=reset_sequences, **options)
    with self.connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [self.quote_name(each) for (each,) in cursor.fetchall() if each not in SEEDED]
        cursor.execute(" UNION ALL ".join(FILLED.format(number=n, table=name) for n, name in enumerate(names)))
        filled = [names[row[0]] for row in cursor.fetchall()]
        if not filled:
            return []
        cursor.execute(ALWAYS)
        guards = [(self.quote_name(table), self.quote_name(name)) for table, name in cursor.fetchall()]
    guards = [each for each in guards if each[0] in filled]
    return [
        "SET LOCAL session_replication_role = replica",
        *(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in guards),
        *(f"DELETE FROM {each}" for each in filled),
        *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in guards),
        "UPDATE gate_epoch SET epoch = 1",
    ]


def delete_instead_of_truncate() -> None:
    """From now on `flush` works like this, in this process."""
    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
