"""A person's release of content holds for identical content, is asked about nothing twice, and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.mailings import fake_mailings
from tests.builders.tenants import also_in, make_account, make_person

from fairpost.enforcement.actions.clear_content import clear_content
from fairpost.enforcement.actions.withdraw_clearance import withdraw_clearance
from fairpost.enforcement.force.effective import effective
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.queries.clearances import clearances, cleared_at
from fairpost.enforcement.scope.selector import scope_from_json
from fairpost.enforcement.scope.subject import subject
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actors import local_operator, person_actor

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAIL, VARIANT, OTHER = ("a" * 64, "b" * 64, "c" * 64)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def mara():
    return make_person(None, "Mara", "reviewer")


def test_identical_content_is_cleared_and_nothing_else(mara, clock):
    ada, mallory = make_account(), make_account(owner="Mallory")
    with fake_mailings():
        clear_content(actor=mara, account_id=ada.account_id, content=[MAIL], reason="looked at", clock=clock)
    assert cleared_at(ada.account_id, MAIL) == NOW
    assert cleared_at(ada.account_id, OTHER) is None
    assert cleared_at(mallory.account_id, MAIL) is None  # another's sending of the same words is another thing


def test_content_can_be_cleared_wherever_it_is_sent(mara, clock):
    ada, mallory = make_account(), make_account(owner="Mallory")
    with fake_mailings():
        clear_content(actor=mara, account_id=None, content=[MAIL], reason="a public notice", clock=clock)
    assert cleared_at(ada.account_id, MAIL) == cleared_at(mallory.account_id, MAIL) == NOW


def test_running_campaigns_learn_of_it(mara, clock):
    ada = make_account()
    with fake_mailings() as mailings:
        clear_content(actor=mara, account_id=ada.account_id, content=[MAIL], reason="looked at", clock=clock)
        assert mailings.told("classify") == [[]]


def test_variants_of_a_family_are_cleared_and_withdrawn_together(mara, clock):
    ada = make_account()
    with fake_mailings() as mailings:
        with pytest.raises(Invalid, match="family"):
            clear_content(actor=mara, account_id=ada.account_id, content=[MAIL, VARIANT], reason="looked at")
        clear_content(
            actor=mara, account_id=ada.account_id, content=[MAIL, VARIANT], family="spring", reason="looked at",
            clock=clock,
        )  # fmt: skip
        assert cleared_at(ada.account_id, VARIANT) == NOW
        taken = withdraw_clearance(actor=mara, family="spring", reason="the link was exchanged", clock=clock)
        assert len(taken.clearances) == 2
        assert mailings.told("fence")  # no sender goes by it any more
        assert cleared_at(ada.account_id, MAIL) is None
        with pytest.raises(Conflict):
            withdraw_clearance(actor=mara, family="spring", reason="again", clock=clock)
        with pytest.raises(NotFound):
            withdraw_clearance(actor=mara, clearance_id=10**6, reason="none", clock=clock)
    assert [each.state for each in clearances(mara, account_id=ada.account_id)] == ["withdrawn", "withdrawn"]


def reviews(starts_at, *, cleared, spares):
    force = Force(1, "period", 1, None, "period", scope_from_json({"content_class": ["fiery@1"]}), starts_at,
                  review=True, spares_cleared=spares)  # fmt: skip
    who = subject(["sending"], ["fiery@1"], cleared, content_class="fiery@1")
    return [each.name for each in effective(who, NOW + 9 * HOUR, [force]).review]


def test_content_cleared_hours_ahead_passes_a_period_that_spares_it():
    assert reviews(NOW + 2 * HOUR, cleared=NOW, spares=True) == []
    assert reviews(NOW + 2 * HOUR, cleared=NOW, spares=False) == ["period P-1"]
    assert reviews(NOW + 2 * HOUR, cleared=NOW + 3 * HOUR, spares=False) == []  # it was looked at since
    assert reviews(NOW + 2 * HOUR, cleared=None, spares=True) == ["period P-1"]


def test_a_program_and_a_person_of_the_account_cannot_clear(mara, clock):
    ada = make_account()
    with fake_mailings():
        with pytest.raises(Forbidden):
            clear_content(actor=ada.owner, account_id=ada.account_id, content=[MAIL], reason="mine")
        with pytest.raises(Forbidden, match="person"):
            clear_content(actor=local_operator(), account_id=ada.account_id, content=[MAIL], reason="quick")
        also_in(ada.account_id, mara, "author")
        both = person_actor(mara.person_id)
        with pytest.raises(Forbidden, match="role in the account"):
            clear_content(actor=both, account_id=ada.account_id, content=[MAIL], reason="my own mail")
    assert cleared_at(ada.account_id, MAIL) is None


@pytest.mark.parametrize("wrong", ["", "abc", "g" * 64, "a" * 63])
def test_only_hashes_are_taken(mara, wrong):
    with fake_mailings(), pytest.raises(Invalid):
        clear_content(actor=mara, account_id=None, content=[wrong], reason="looked at")


def test_the_database_rewrites_no_release(mara, clock):
    from django.db import DatabaseError, connection

    with fake_mailings():
        clear_content(actor=mara, account_id=None, content=[MAIL], reason="looked at", clock=clock)
    for sql in ("UPDATE clearance SET content_hash = repeat('d', 64)", "DELETE FROM clearance"):
        with pytest.raises(DatabaseError, match="clearance is kept"), connection.cursor() as cursor:
            cursor.execute(sql)
