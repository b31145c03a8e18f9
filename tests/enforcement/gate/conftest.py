"""Tests of the gate commit: they send for real."""

from __future__ import annotations

import pytest
from tests.builders.sending import works  # noqa: F401


@pytest.fixture(autouse=True)
def committed(transactional_db: None) -> None:
    """What a test writes is seen by senders."""
