"""The public addresses are tried on mails as they were sent: plain tables are emptied before each test that commits."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.sending import TABLES


@pytest.fixture(autouse=True)
def empty_tables(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLES}")
