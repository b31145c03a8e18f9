"""Tests of delivery commit for real; the plain tables are emptied before each."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.sending import TABLES, works  # noqa: F401


@pytest.fixture(autouse=True)
def empty_tables(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLES}")
            cursor.execute("UPDATE gate_epoch SET epoch = 1")
