"""Notices are posted for real; what tests of sending leave in the plain tables is emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.builders.enforcement import Staff, make_staff
from tests.builders.mailings import FakeMailings, fake_mailings
from tests.builders.sending import works  # noqa: F401

from fairpost.enforcement import ports
from fairpost.enforcement.actions.install_starter_classes import install_starter_classes
from fairpost.tenants.actors import local_operator


@pytest.fixture
def staff(transactional_db: None) -> Iterator[Staff]:
    """The installation's people; campaigns are a stand-in, for these tests are about what is told."""
    with fake_mailings():
        made = make_staff()
        install_starter_classes(actor=local_operator())
        yield made


@pytest.fixture
def mailings(staff: Staff) -> FakeMailings:
    return ports.mailings()  # type: ignore[return-value]
