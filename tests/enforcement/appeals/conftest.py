"""Five people of the installation, Ada's account, and the clock that all of them go by."""

from __future__ import annotations

import pytest
from tests.builders.appeals import starting
from tests.builders.enforcement import make_staff
from tests.builders.tenants import make_account

from fairpost.enforcement.force.store import current


@pytest.fixture
def clock():
    return starting()


@pytest.fixture
def staff(transactional_db, clock):
    return make_staff(clock)


@pytest.fixture
def ada(transactional_db, clock):
    return make_account(clock=clock)


@pytest.fixture
def in_force(clock):
    """The names of what denies a subject something, or asks for its review, now."""

    def reasons(subject, at=None):
        return [each.name for each in current().effective(subject, at or clock.now()).reasons]

    return reasons
