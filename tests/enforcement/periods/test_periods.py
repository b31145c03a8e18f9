"""A period of elevated risk: two declarers, one routing for all tenants, 14 days at most, a report at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection
from tests.builders.mailings import fake_mailings, mailing
from tests.builders.mails import stranger
from tests.builders.policies import make_class
from tests.builders.tenants import also_in, make_account, make_person

from fairpost.enforcement.actions.close_period import close_ended_periods, close_period
from fairpost.enforcement.actions.declare_key_date import declare_key_date
from fairpost.enforcement.actions.declare_period import declare_period
from fairpost.enforcement.actions.second_declaration import second_declaration
from fairpost.enforcement.force.store import current
from fairpost.enforcement.models import HeldCampaign
from fairpost.enforcement.queries.periods import near_key_date, period, public_periods
from fairpost.enforcement.scope.subject import subject
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.actors import local_operator

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = {"en": "Calls to action are looked at before they are sent.", "fr": "Les appels sont relus avant l'envoi."}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def mara():
    return make_person(None, "Mara", "reviewer")


@pytest.fixture
def noor():
    return make_person(None, "Noor", "senior")


@pytest.fixture
def fiery():
    return make_class({"asks_donation": True}).label


def declare(mara, clock, fiery, **given):
    said = {
        "scope": {"content_class": [fiery], "capability": ["fundraising"]},
        "reason": "Unrest after the count.",
        "evidence": "Reports of the week.",
        "public_text": TEXT,
        "ends_at": NOW + 7 * DAY,
        **given,
    }
    return declare_period(actor=mara, clock=clock, **said)


def reviews(fiery, now=NOW, account=1, **facets):
    who = subject(["sending", "fundraising"], [fiery], account=account, content_class=fiery, **facets)
    return [each.name for each in current().effective(who, now).review]


def test_one_person_changes_nothing(mara, clock, fiery):
    with fake_mailings():
        declared = declare(mara, clock, fiery)
    assert declared.state == "declared"
    assert reviews(fiery) == []
    assert public_periods(clock=clock) == []


def test_two_people_bring_it_into_force_for_all_tenants_alike(mara, noor, clock, fiery):
    with fake_mailings() as mailings:
        declared = declare(mara, clock, fiery)
        begun = second_declaration(actor=noor, period_id=declared.id, hash=declared.hash[:12], clock=clock)
        assert mailings.told("fence")
    assert (begun.period.state, begun.period.declared_by, begun.period.seconded_by) == (
        "active", mara.person_id, noor.person_id,
    )  # fmt: skip
    for account in (1, 2, 77):
        assert reviews(fiery, account=account) == [f"period {declared.label}"]
    other = subject(["sending"], [fiery], account=1)
    assert current().effective(other, NOW).open  # other mail goes on


def test_the_same_person_cannot_declare_twice_in_any_role(mara, clock, fiery):
    declared = declare(mara, clock, fiery)
    also_in(None, mara, "senior")
    with fake_mailings(), pytest.raises(Forbidden, match="second person"):
        second_declaration(actor=mara, period_id=declared.id, hash=declared.hash, clock=clock)
    with pytest.raises(DatabaseError, match="two_declarers"), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_period SET seconded_by_id = declared_by_id, seconded_at = declared_at")


def test_the_machine_and_an_operator_cannot_declare(clock, fiery):
    with pytest.raises(Forbidden, match="person"):
        declare(local_operator(), clock, fiery)
    with pytest.raises(Forbidden):
        declare(make_person(None, "Olga", "operator"), clock, fiery)


def test_the_second_declares_what_was_read(mara, noor, clock, fiery):
    declared = declare(mara, clock, fiery)
    with fake_mailings():
        for wrong in ("", declared.hash[:11], "0" * 12):
            with pytest.raises(Conflict):
                second_declaration(actor=noor, period_id=declared.id, hash=wrong, clock=clock)
        with pytest.raises(NotFound):
            second_declaration(actor=noor, period_id=10**6, hash=declared.hash, clock=clock)


def test_a_running_campaign_of_the_class_waits_within_the_periods_own_deadline(mara, noor, clock, fiery):
    ada = make_account()
    caught = mailing(ada.account_id, 5, needs=("sending", "fundraising"), content_class=fiery)
    with fake_mailings(caught, mailing(ada.account_id, 6)) as mailings:
        declared = declare(mara, clock, fiery, review_hours=3, on_time_out="block")
        begun = second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
        assert begun.held == ((ada.account_id, 5),)
        assert mailings.told("hold")[0] == [(ada.account_id, 5)]
    held = HeldCampaign.objects.get()
    assert (held.reasons, held.review_due_at, held.on_time_out) == (
        [f"period {declared.label}"], NOW + timedelta(hours=3), "block",
    )  # fmt: skip


def test_it_ends_by_itself_and_reports(mara, noor, clock, fiery):
    ada = make_account()
    with fake_mailings():
        declared = declare(mara, clock, fiery, ends_at=NOW + 14 * DAY)
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
        for number, state in enumerate(("released", "released", "blocked"), start=1):
            HeldCampaign.objects.create(
                account_id=ada.account_id, campaign_id=number, state=state, held_at=NOW + DAY,
                reasons=[f"period {declared.label}"], decided_by_id=mara.person_id,
                decided_at=NOW + DAY + timedelta(minutes=10 * number),
            )  # fmt: skip
        HeldCampaign.objects.create(
            account_id=ada.account_id, campaign_id=9, held_at=NOW + DAY, reasons=["period P-999999"]
        )
        clock.advance(14 * DAY - timedelta(seconds=1))
        assert close_ended_periods(clock) == 0
        assert reviews(fiery, clock.now()) != []
        clock.advance(timedelta(seconds=1))
        assert reviews(fiery, clock.now()) == []  # before any job
        assert period(mara, declared.id, clock).state == "ended"
        assert close_ended_periods(clock) == 1
        assert close_ended_periods(clock) == 0
    closed = period(mara, declared.id, clock)
    assert closed.state == "closed"
    assert closed.report["held"] == 3  # not what another period held
    assert (closed.report["released"], closed.report["blocked"], closed.report["median_seconds"]) == (2, 1, 1200.0)
    assert closed.report["false_positives"] == 2
    (public,) = public_periods(clock=clock)
    assert public.report == closed.report
    assert not hasattr(public, "declared_by")


def test_a_person_closes_it_early_with_a_text_for_everybody(mara, noor, clock, fiery):
    with fake_mailings():
        declared = declare(mara, clock, fiery)
        with pytest.raises(Conflict, match="cannot be closed"):
            close_period(actor=mara, period_id=declared.id, reason="calm", clock=clock)
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
        clock.advance(DAY)
        closed = close_period(
            actor=mara, period_id=declared.id, reason="calm", closing_text={"en": "It is over."}, clock=clock
        )
        assert (closed.state, closed.closing_text) == ("closed", {"en": "It is over."})
        assert reviews(fiery, clock.now()) == []
        with pytest.raises(Conflict):
            close_period(actor=mara, period_id=declared.id, reason="again", clock=clock)
    with pytest.raises(DatabaseError, match="stays as it was"), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_period SET report = '{}'")


def test_it_cannot_be_made_longer_only_renewed(mara, noor, clock, fiery):
    with pytest.raises(Invalid, match="14 days"):
        declare(mara, clock, fiery, ends_at=NOW + 15 * DAY)
    with fake_mailings():
        declared = declare(mara, clock, fiery)
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("UPDATE risk_period SET ends_at = ends_at + interval '1 day'")
        clock.advance(6 * DAY)
        again = declare(noor, clock, fiery, renews=declared.id, ends_at=clock.now() + 14 * DAY)
        assert reviews(fiery, NOW + 8 * DAY) == []  # one declarer does not renew
        second_declaration(actor=mara, period_id=again.id, hash=again.hash, clock=clock)
    assert reviews(fiery, NOW + 8 * DAY) == [f"period {again.label}"]


def test_what_nobody_seconds_in_time_lapses(mara, noor, clock, fiery):
    declared = declare(mara, clock, fiery)
    clock.advance(7 * DAY)
    with fake_mailings(), pytest.raises(Conflict, match="lapsed"):
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
    assert period(mara, declared.id, clock).state == "lapsed"


def test_a_late_second_declaration_reaches_nothing_before_it(mara, noor, clock, fiery):
    declared = declare(mara, clock, fiery)
    clock.advance(2 * DAY)
    with fake_mailings():
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
    assert reviews(fiery, NOW + DAY) == []
    assert reviews(fiery, NOW + 3 * DAY) != []


def test_a_scheduled_period_waits_for_its_start(mara, noor, clock, fiery):
    with fake_mailings():
        declared = declare(mara, clock, fiery, starts_at=NOW + 2 * DAY, ends_at=NOW + 4 * DAY)
        begun = second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=clock)
    assert begun.period.state == "scheduled"
    assert reviews(fiery, NOW + 2 * DAY - timedelta(seconds=1)) == []
    assert reviews(fiery, NOW + 2 * DAY) != []
    assert reviews(fiery, NOW + 4 * DAY) == []


def test_two_who_second_it_at_once_second_it_once(mara, noor, fiery):
    clock = FixedClock(NOW)
    declared = declare(mara, clock, fiery)
    third = make_person(None, "Selma", "senior")
    barrier, said = Barrier(2), []

    def press(actor):
        barrier.wait()
        try:
            second_declaration(actor=actor, period_id=declared.id, hash=declared.hash, clock=clock)
            said.append("in force")
        except Conflict:
            said.append("too late")
        finally:
            connection.close()

    with fake_mailings():
        both = [Thread(target=press, args=[each]) for each in (noor, third)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert sorted(said) == ["in force", "too late"]


def test_near_an_election_is_known(mara, clock):
    assert not near_key_date(NOW)
    declare_key_date(actor=mara, kind="election", name="Federal election", at=NOW + 14 * DAY, clock=clock)
    assert near_key_date(NOW)
    assert not near_key_date(NOW - DAY)
    with pytest.raises(Conflict):
        declare_key_date(actor=mara, kind="election", name="Federal election", at=NOW + 14 * DAY, clock=clock)
    with pytest.raises(Invalid):
        declare_key_date(actor=mara, kind="party", name="Party", at=NOW, clock=clock)


def test_everybody_reads_what_is_looked_at_and_what_came_of_it(mara, noor, clock, fiery):
    with fake_mailings():
        declared = declare(mara, FixedClock(datetime.now(UTC)), fiery, ends_at=datetime.now(UTC) + DAY)
        assert "There has been none yet." in stranger("en").get("/periods").content.decode()
        now = FixedClock(datetime.now(UTC))
        second_declaration(actor=noor, period_id=declared.id, hash=declared.hash, clock=now)
        close_period(actor=mara, period_id=declared.id, reason="calm", clock=FixedClock(datetime.now(UTC)))
    page = stranger("fr").get("/periods").content.decode()
    assert "Les appels sont relus" in page and declared.label in page
    assert "Unrest after the count" not in page and "Reports of the week" not in page
    (told,) = stranger("en").get("/periods.json").json()["periods"]
    assert told["report"]["held"] == 0
    assert not {"declared_by", "evidence", "reason"} & set(told)
