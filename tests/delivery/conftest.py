"""Tests of delivery commit for real."""

from __future__ import annotations

import pytest
from tests.builders.sending import works  # noqa: F401


@pytest.fixture(autouse=True)
def committed(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
