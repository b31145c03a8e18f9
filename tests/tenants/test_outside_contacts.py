"""An address outside the account gets its notices only once whoever reads it has agreed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.tenants import make_account, make_person

from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actions.add_outside_contact import MOST, add_outside_contact
from fairpost.tenants.actions.remove_outside_contact import remove_outside_contact
from fairpost.tenants.actions.verify_outside_contact import verify_outside_contact
from fairpost.tenants.contact_tokens import TERM
from fairpost.tenants.keyring import installation_keyring
from fairpost.tenants.queries import audit_trail, outside_contacts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def add(tenant, email="Lawyer@Example.org", *, actor=None, at=NOW, **options):
    return add_outside_contact(
        actor=actor or tenant.owner, account_id=tenant.account_id, email=email, clock=FixedClock(at), **options
    )


def verify(token: str, at: datetime = NOW) -> int:
    return verify_outside_contact(token, clock=FixedClock(at))


def test_it_counts_once_it_is_confirmed():
    tenant = make_account()
    added = add(tenant, language="de")
    assert outside_contacts(tenant.account_id) == []
    assert [each.verified_at for each in outside_contacts(tenant.account_id, waiting=True)] == [None]
    assert verify(added.token) == added.contact_id
    (row,) = outside_contacts(tenant.account_id)
    assert (row.email, row.language, row.verified_at) == ("lawyer@example.org", "de", NOW)


def test_a_second_click_changes_nothing():
    tenant = make_account()
    token = add(tenant).token
    verify(token)
    verify(token, NOW + timedelta(days=1))
    assert outside_contacts(tenant.account_id)[0].verified_at == NOW
    assert [each.act for each in audit_trail(tenant.owner, tenant.account_id)].count("outside_contact.verified") == 1


def test_the_link_holds_for_a_week_and_can_be_asked_for_again():
    tenant = make_account()
    token = add(tenant).token
    with pytest.raises(Invalid):
        verify(token, NOW + TERM)
    later = NOW + TERM
    again = add(tenant, at=later)
    verify(again.token, later)
    with pytest.raises(Conflict):
        add(tenant, at=later)


@pytest.mark.parametrize(
    "forge",
    [lambda t: "", lambda t: t[:-1], lambda t: t + "AAAA", lambda t: t[::-1], lambda t: "é" * 40, lambda t: "A" * 5000],
)
def test_a_forged_link_confirms_nothing(forge):
    tenant = make_account()
    token = add(tenant).token
    with pytest.raises(Invalid):
        verify(forge(token))
    assert outside_contacts(tenant.account_id) == []


def test_what_was_sealed_for_something_else_confirms_nothing():
    tenant = make_account()
    plain = f"{add(tenant).contact_id} {int((NOW + TERM).timestamp())}".encode()
    sealed = installation_keyring().encrypt(plain, b"relay password")
    with pytest.raises(Invalid):
        verify(base64.urlsafe_b64encode(sealed).decode().rstrip("="))


def test_a_removed_address_cannot_be_confirmed():
    tenant = make_account()
    added = add(tenant)
    remove_outside_contact(actor=tenant.owner, account_id=tenant.account_id, contact_id=added.contact_id)
    with pytest.raises(NotFound):
        verify(added.token)


def test_only_who_manages_the_account_names_them_and_only_there():
    ada, mallory = make_account(), make_account(owner="Mallory")
    added = add(ada)
    with pytest.raises(Forbidden):
        add(ada, actor=make_person(ada.account_id, "Ben", "sender"))
    with pytest.raises(NotFound):
        add(ada, actor=mallory.owner)
    with pytest.raises(NotFound):
        remove_outside_contact(actor=mallory.owner, account_id=mallory.account_id, contact_id=added.contact_id)


def test_an_account_has_a_handful_at_most():
    tenant = make_account()
    for number in range(MOST):
        add(tenant, f"lawyer{number}@example.org")
    with pytest.raises(Conflict):
        add(tenant, "another@example.org")
    add(tenant, "lawyer0@example.org")


def test_the_record_holds_no_address_and_the_answer_hides_the_token():
    tenant = make_account()
    added = add(tenant)
    verify(added.token)
    assert "@" not in repr(audit_trail(tenant.owner, tenant.account_id))
    assert added.token not in repr(added)
