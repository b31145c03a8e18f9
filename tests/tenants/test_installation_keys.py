"""Keys of the installation reach every account; nobody who belongs to one account can make or end one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.builders.tenants import make_account, make_person

from fairpost.cli.account import command
from fairpost.kernel.errors import Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.authenticate_api_key import authenticate_api_key
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_api_key import create_api_key
from fairpost.tenants.actions.revoke_api_key import revoke_api_key
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


def test_a_key_of_the_installation_opens_accounts_and_sees_them_all():
    ada, mallory = make_account(), make_account(owner="Mallory")
    issued = create_api_key(
        actor=local_operator(), account_id=None, name="ops", capabilities=["installation.manage", "account.read"]
    )
    actor = authenticate_api_key(issued.key)
    made = create_account(actor=actor, slug="made-by-key", name="Made", postal_address="1 Main Street")
    assert {row.id for row in queries.accounts(actor.account_id)} >= {ada.account_id, mallory.account_id, made}


def test_an_operator_gives_no_more_than_they_have():
    operator = make_person(None, "Olga", "operator")
    with pytest.raises(Forbidden):
        create_api_key(actor=operator, account_id=None, name="x", capabilities=["contacts.export"])


def test_an_owner_cannot_make_or_end_one():
    ada = make_account()
    issued = create_api_key(actor=local_operator(), account_id=None, name="ops", capabilities=["account.read"])
    with pytest.raises(Forbidden):
        create_api_key(actor=ada.owner, account_id=None, name="x", capabilities=["account.read"])
    with pytest.raises(Forbidden):
        revoke_api_key(actor=ada.owner, account_id=None, key_id=issued.id)
    with pytest.raises(NotFound):
        revoke_api_key(actor=ada.owner, account_id=ada.account_id, key_id=issued.id)
    assert authenticate_api_key(issued.key) is not None


def test_it_belongs_to_no_unit():
    ada = make_account()
    with pytest.raises(Invalid):
        create_api_key(
            actor=local_operator(), account_id=None, name="x", capabilities=["account.read"], unit_id=ada.unit_id
        )


def test_the_command_line_makes_lists_and_ends_them():
    made = run("key", "create", "ops", "--installation", "--capability", "relay.manage")
    assert authenticate_api_key(made["key"]).account_id is None
    assert [row["id"] for row in run("key", "list", "--installation")] == [made["id"]]
    run("key", "revoke", "--installation", str(made["id"]))
    assert authenticate_api_key(made["key"]) is None


def run(*arguments: str):
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
