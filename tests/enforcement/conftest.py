"""What is in force is kept in memory beside the database; each test begins and leaves with nothing in either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fairpost.enforcement.force.store import SNAPSHOT


@pytest.fixture(autouse=True)
def nothing_in_force() -> Iterator[None]:
    SNAPSHOT.apply(0, (), list(SNAPSHOT.forces))
    yield
    SNAPSHOT.apply(0, (), list(SNAPSHOT.forces))
