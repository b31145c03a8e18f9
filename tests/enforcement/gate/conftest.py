"""Tests of the gate send for real; the plain tables are emptied before each."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.sending import TABLES, works  # noqa: F401


@pytest.fixture(autouse=True)
def empty_tables(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES}")
        cursor.execute("UPDATE gate_epoch SET epoch = 1")
