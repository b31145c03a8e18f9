"""API keys act within their scope, until they end, and cannot be forged or outgrow their maker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.tenants import make_account, make_person

from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actions.revoke_api_key import revoke_api_key
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import ApiKey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def issue(tenant, *capabilities, actor=None, clock=None, **options):
    return create_api_key(
        actor=actor or tenant.owner,
        account_id=tenant.account_id,
        name="website",
        capabilities=capabilities or ("contacts.read",),
        clock=clock or FixedClock(NOW),
        **options,
    )


def test_a_key_becomes_an_actor_with_its_scope_and_no_more():
    tenant = make_account()
    actor = authenticate_api_key(issue(tenant, "contacts.read", "keys.manage").key, NOW)
    assert actor.account_id == tenant.account_id
    authorise(actor, "contacts.read", account_id=tenant.account_id)
    with pytest.raises(Forbidden):
        authorise(actor, "contacts.write", account_id=tenant.account_id)
    with pytest.raises(NotFound):
        authorise(actor, "contacts.read", account_id=make_account().account_id)


def test_the_secret_is_stored_as_a_hash_only():
    tenant = make_account()
    issued = issue(tenant)
    secret = issued.key.split("_", 2)[2]
    row = ApiKey.objects.values().get(id=issued.id)
    assert secret not in repr(row)
    assert secret.encode() not in bytes(row["secret_hash"])
    assert secret not in repr(issued)
    assert secret not in repr(queries.audit_trail(tenant.owner, tenant.account_id))


@pytest.mark.parametrize(
    "forge",
    [
        lambda key: "",
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("fp_", "xx_"),
        lambda key: key + "\n",
        lambda key: key.split("_")[0] + "_999999_" + key.split("_", 2)[2],
        lambda key: "fp_99999999999999999999_" + key.split("_", 2)[2],
        lambda key: "fp_٣_" + key.split("_", 2)[2],
        lambda key: "fp_1_" + "é" * 43,
    ],
)
def test_a_forged_key_is_nobody(forge):
    key = issue(make_account()).key
    assert authenticate_api_key(key, NOW) is not None
    assert authenticate_api_key(forge(key), NOW) is None


def test_one_keys_secret_does_not_open_another():
    tenant = make_account()
    one, two = issue(tenant), issue(tenant)
    mixed = f"fp_{one.id}_{two.key.split('_', 2)[2]}"
    assert authenticate_api_key(mixed, NOW) is None


def test_an_expired_key_is_nobody():
    issued = issue(make_account(), expires_at=NOW + timedelta(hours=1))
    assert authenticate_api_key(issued.key, NOW + timedelta(minutes=59)) is not None
    assert authenticate_api_key(issued.key, NOW + timedelta(hours=1)) is None


def test_a_revoked_key_is_nobody_for_good():
    tenant = make_account()
    issued = issue(tenant)
    revoke_api_key(actor=tenant.owner, account_id=tenant.account_id, key_id=issued.id)
    assert authenticate_api_key(issued.key, NOW) is None
    with pytest.raises(Conflict):
        revoke_api_key(actor=tenant.owner, account_id=tenant.account_id, key_id=issued.id)


def test_a_key_cannot_make_a_key_with_more_than_it_has():
    tenant = make_account()
    actor = authenticate_api_key(issue(tenant, "keys.manage", "contacts.read").key, NOW)
    issue(tenant, "contacts.read", actor=actor)
    with pytest.raises(Forbidden, match=r"campaign\.send"):
        issue(tenant, "contacts.read", "campaign.send", actor=actor)


def test_a_key_of_one_unit_cannot_make_one_of_the_whole_account():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    key = issue(tenant, "keys.manage", "contacts.read", unit_id=unit)
    actor = authenticate_api_key(key.key, NOW)
    assert actor.unit_id == unit
    issue(tenant, "contacts.read", actor=actor, unit_id=unit)
    with pytest.raises(Forbidden):
        issue(tenant, "contacts.read", actor=actor)
    with pytest.raises(NotFound):
        issue(tenant, "contacts.read", actor=actor, unit_id=tenant.unit_id)


def test_a_key_of_one_unit_cannot_revoke_the_accounts_keys():
    tenant = make_account()
    unit = create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name="News")
    actor = authenticate_api_key(issue(tenant, "keys.manage", unit_id=unit).key, NOW)
    wide = issue(tenant)
    with pytest.raises(NotFound):
        revoke_api_key(actor=actor, account_id=tenant.account_id, key_id=wide.id)
    assert authenticate_api_key(wide.key, NOW) is not None


def test_an_analyst_makes_no_keys():
    tenant = make_account()
    with pytest.raises(Forbidden):
        issue(tenant, actor=make_person(tenant.account_id, "Ben", "analyst"))


@pytest.mark.parametrize("scope", [("nothing.known",), ("installation.manage",)])
def test_scopes_are_real_and_stay_within_accounts(scope):
    with pytest.raises(Invalid):
        issue(make_account(), *scope)


def test_a_key_needs_a_scope_and_a_future():
    tenant = make_account()
    with pytest.raises(Invalid):
        create_api_key(actor=tenant.owner, account_id=tenant.account_id, name="x", capabilities=[])
    with pytest.raises(Invalid):
        issue(tenant, expires_at=NOW)


def test_a_unit_of_another_account_gets_no_key():
    ada, mallory = make_account(), make_account(owner="Mallory")
    with pytest.raises(NotFound):
        issue(mallory, unit_id=ada.unit_id)


def test_use_is_noted_at_most_once_a_minute():
    tenant = make_account()
    issued = issue(tenant)

    def used():
        return queries.api_keys(tenant.account_id)[0].last_used_at

    assert used() is None
    authenticate_api_key(issued.key, NOW)
    authenticate_api_key(issued.key, NOW + timedelta(seconds=59))
    assert used() == NOW
    authenticate_api_key(issued.key, NOW + timedelta(seconds=60))
    assert used() == NOW + timedelta(seconds=60)
