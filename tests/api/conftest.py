"""Tests of the API roll back, but for those that commit for real."""

from __future__ import annotations

import pytest
from tests.builders.sending import works  # noqa: F401


@pytest.fixture
def committed(transactional_db: None) -> None:
    """What this test writes is seen by other connections."""
