"""What is in force is kept in memory beside the database; each test begins with nothing in either."""

from __future__ import annotations

import pytest

from fairpost.enforcement.force.store import SNAPSHOT


@pytest.fixture(autouse=True)
def nothing_in_force():
    SNAPSHOT.apply(0, (), list(SNAPSHOT.forces))
