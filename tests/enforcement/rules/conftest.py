"""Campaigns here are real and nobody sends."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders.enforcement import Staff, make_staff
from tests.builders.mails import signing_relay
from tests.builders.sending import TABLES


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES}")
        cursor.execute("UPDATE gate_epoch SET epoch = 1")
    signing_relay()
    return make_staff()
