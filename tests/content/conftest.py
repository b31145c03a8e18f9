"""Ada's account with a sender identity, and Mallory's beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.builders.tenants import Tenant, make_account, make_identity, make_person

from fairpost.kernel.actor import Actor


@dataclass(frozen=True)
class World:
    """`identity` sends for Ada's account, `mallorys` for Mallory's; Ben works in Ada's default unit."""

    ada: Tenant
    mallory: Tenant
    identity: int
    mallorys: int
    ben: Actor


@pytest.fixture
def world(db: None) -> World:
    ada, mallory = make_account(owner="Ada"), make_account(owner="Mallory")
    return World(
        ada,
        mallory,
        make_identity(ada, "ada@lake.example"),
        make_identity(mallory, "mallory@shore.example"),
        make_person(ada.account_id, "Ben", "author", unit_id=ada.unit_id),
    )
