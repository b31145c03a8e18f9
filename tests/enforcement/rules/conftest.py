"""Campaigns here are real and nobody sends."""

from __future__ import annotations

import pytest
from tests.builders.edge import edge  # noqa: F401
from tests.builders.enforcement import Staff, make_staff
from tests.builders.mails import signing_relay


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    signing_relay()
    return make_staff()
