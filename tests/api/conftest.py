"""Tests of the API that commit for real begin with empty plain tables; the rest roll back."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.sending import TABLES, works  # noqa: F401


@pytest.fixture
def committed(transactional_db: None) -> None:
    """What this test writes is seen by other connections."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES}, api_answer, api_bucket, api_upload")
