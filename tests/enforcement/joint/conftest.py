"""Campaigns here are real and nobody sends: what matters is who is covered, told and held."""

from __future__ import annotations

import pytest
from tests.builders.enforcement import Staff, make_staff
from tests.builders.mails import signing_relay


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    signing_relay()
    return make_staff()
