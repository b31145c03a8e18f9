"""Accounts open with a default unit; names that could reach a header are clean."""

from __future__ import annotations

import pytest
from tests.builders.tenants import make_account

from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.change_account import change_account
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.create_unit import create_unit
from fairpost.tenants.actors import local_operator

pytestmark = pytest.mark.django_db


def test_an_account_opens_with_one_default_unit_and_its_holder():
    tenant = make_account("party")
    row = queries.account(tenant.account_id)
    assert (row.slug, row.holder, row.time_zone) == ("party", "Party", "UTC")
    assert [(u.slug, u.is_default) for u in queries.units(tenant.account_id)] == [("main", True)]


def test_only_who_manages_the_installation_opens_accounts():
    with pytest.raises(Forbidden):
        create_account(actor=make_account().owner, slug="mine", name="Mine")


def test_a_short_name_is_taken_once():
    make_account("party")
    with pytest.raises(Conflict) as refusal:
        make_account("party")
    assert refusal.value.field == "slug"


def test_another_accounts_organisation_cannot_hold_an_account():
    tenant = make_account()
    own = create_organisation(actor=tenant.owner, account_id=tenant.account_id, name="Body")
    with pytest.raises(NotFound):
        create_account(actor=local_operator(), slug="other", name="Other", holder_id=own)


@pytest.mark.parametrize("slug", ["", "a", "12", "Party", "par ty", "-party", "party-", "pärty", "p" * 51, "a\n"])
def test_short_names_are_plain(slug):
    with pytest.raises(Invalid):
        create_account(actor=local_operator(), slug=slug, name="Party")


@pytest.mark.parametrize(
    "name",
    [
        "Party\r\nBcc: all@example.org",
        "Party\nX: y",
        "Party\rX",
        "Par\x00ty",
        "Par\x1bty",
        "Par\u2028ty",
        "Par\u202ety",
        "Par\x85ty",
        "\ud800",
        "   ",
        "P" * 201,
    ],
)
def test_names_with_control_characters_are_refused(name):
    tenant = make_account()
    for call in (
        lambda: create_account(actor=local_operator(), slug="other", name=name),
        lambda: create_unit(actor=tenant.owner, account_id=tenant.account_id, slug="news", name=name),
        lambda: create_organisation(actor=tenant.owner, account_id=tenant.account_id, name=name),
        lambda: change_account(actor=tenant.owner, account_id=tenant.account_id, name=name),
    ):
        with pytest.raises(Invalid):
            call()


def test_names_keep_every_script_and_emoji():
    tenant = make_account()
    name = "حزب العدالة – Œuvre 👩🏽‍🚀"
    change_account(actor=tenant.owner, account_id=tenant.account_id, name=name)
    assert queries.account(tenant.account_id).name == name


def test_language_and_time_zone_must_exist():
    tenant = make_account()
    for wrong in ({"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../../etc/passwd"}):
        with pytest.raises(Invalid):
            change_account(actor=tenant.owner, account_id=tenant.account_id, **wrong)
    change_account(
        actor=tenant.owner, account_id=tenant.account_id, language="it", time_zone="Europe/Zurich", reason="moved"
    )
    row = queries.account(tenant.account_id)
    assert (row.language, row.time_zone) == ("it", "Europe/Zurich")
    assert queries.audit_trail(tenant.owner, tenant.account_id)[0].reason == "moved"


def test_accounts_page_by_id():
    ids = [make_account().account_id for _ in range(3)]
    page = queries.accounts(None, after=ids[0], limit=1)
    assert [each.id for each in page] == [ids[1]]
