"""A joint sender's notice divides the whole among exactly those who take part, and stays what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.builders.tenants import make_account, make_joint_sender, make_person

from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants import queries
from fairpost.tenants.actions.add_participant import add_participant
from fairpost.tenants.actions.change_account import change_account
from fairpost.tenants.actions.create_organisation import create_organisation
from fairpost.tenants.actions.end_participation import end_participation
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.models import JointSenderParticipant
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_limit, parse_share

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def publish(tenant, joint, shares, *, at=NOW, actor=None, valid_from=None, **terms):
    limits = terms.pop("limits", {})
    allocations = tuple(Allocation(who, parse_share(text), limits.get(who)) for who, text in shares.items())
    return publish_notice(
        actor=actor or tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        terms=NoticeTerms(allocations, **terms),
        valid_from=valid_from,
        clock=FixedClock(at),
    )


def test_a_notice_says_who_how_and_that_donors_decide_in_three_languages():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    notice = publish(tenant, joint, {party: "62.5%", state: "37.5 %"}, limits={party: Decimal("3300")}, currency="USD")
    english = notice.text["en"]
    assert english == (
        "Victory Fund is a joint sender of National Committee and State Party. Each donation is divided as follows: "
        "National Committee: 62.5%, at most USD\u00a03,300.00 per donor; State Party: 37.5%. "
        "What exceeds the limit of a participant goes to the next ones in this order. "
        "Whatever this formula says, you may designate your donation for a particular participant. "
        "The formula may change, in particular where a donation would exceed a limit."
    )
    assert "62,5\u00a0%" in notice.text["fr"]
    assert "3\u00a0300,00\u00a0USD" in notice.text["fr"]
    assert "62,5%" in notice.text["it"]
    assert "3.300,00\u00a0USD" in notice.text["it"]
    assert set(notice.text) == {"en", "fr", "it"}


def test_thirds_are_exact():
    tenant = make_account()
    joint, members = make_joint_sender(tenant, "A", "B", "C")
    notice = publish(tenant, joint, dict.fromkeys(members, "1/3"))
    assert "A: 1/3; B: 1/3; C: 1/3" in notice.text["en"]
    with pytest.raises(Invalid, match=r"99\.99"):
        publish(tenant, joint, dict.fromkeys(members, "33.33%"))


@pytest.mark.parametrize("shares", [("60%", "39.999999%"), ("60%", "40.000001%"), ("100%", "0%"), ("1/2", "1/3")])
def test_shares_that_are_not_the_whole_are_refused(shares):
    tenant = make_account()
    joint, members = make_joint_sender(tenant)
    with pytest.raises(Invalid):
        publish(tenant, joint, dict(zip(members, shares, strict=True)))


def test_the_formula_names_exactly_the_participants_of_that_day():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    stranger = create_organisation(actor=tenant.owner, account_id=tenant.account_id, name="Stranger")
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "100%"})
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "50%", state: "25%", stranger: "25%"})


def test_one_participant_alone_is_no_joint_sender():
    tenant = make_account()
    joint, (party,) = make_joint_sender(tenant, "Alone")
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "100%"})


def test_a_participant_named_twice_is_refused():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    terms = NoticeTerms(
        (Allocation(party, Fraction(1, 4)), Allocation(party, Fraction(1, 4)), Allocation(state, Fraction(1, 2)))
    )
    with pytest.raises(Invalid, match="twice"):
        publish_notice(actor=tenant.owner, account_id=tenant.account_id, joint_sender_id=joint, terms=terms)


@pytest.mark.parametrize("left_out", ["donor_may_designate", "formula_may_change"])
def test_the_statements_that_the_law_wants_cannot_be_left_out(left_out):
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "50%", state: "50%"}, **{left_out: False})


@pytest.mark.parametrize(
    ("limits", "currency"),
    [(Decimal("10"), ""), (Decimal("10"), "usd"), (Decimal("-1"), "USD"), (Decimal("1.001"), "USD")],
)
def test_limits_are_amounts_with_a_currency(limits, currency):
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "50%", state: "50%"}, limits={party: limits}, currency=currency)


@pytest.mark.parametrize("text", ["", "60", "60%%", "-1/3", "1/0", "0.6", "1e2%", "60%\n1", "٦٠%"])
def test_shares_are_percentages_or_fractions(text):
    with pytest.raises(Invalid):
        parse_share(text)


@pytest.mark.parametrize("text", ["", "x", "NaN", "inf", "-5", "0", "1.005", "1e30", "1e3", "1_000", "٣"])
def test_amounts_are_plain_numbers(text):
    with pytest.raises(Invalid):
        parse_limit(text)


def test_versions_follow_each_other_and_the_newest_in_force_counts():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    first = publish(tenant, joint, {party: "50%", state: "50%"})
    later = publish(tenant, joint, {party: "60%", state: "40%"}, at=NOW + DAY, valid_from=NOW + 10 * DAY)
    assert (first.version, later.version) == (1, 2)
    assert first.hash != later.hash
    assert queries.joint_notice(joint, NOW + 2 * DAY).id == first.id
    assert queries.joint_notice(joint, NOW + 10 * DAY).id == later.id
    with pytest.raises(Conflict):
        publish(tenant, joint, {party: "70%", state: "30%"}, at=NOW + 2 * DAY)


def test_a_notice_cannot_be_dated_back():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    with pytest.raises(Invalid):
        publish(tenant, joint, {party: "50%", state: "50%"}, valid_from=NOW - DAY)


def test_there_is_no_notice_before_the_first():
    tenant = make_account()
    joint, _members = make_joint_sender(tenant)
    with pytest.raises(NotFound):
        queries.joint_notice(joint, NOW)


@pytest.mark.parametrize("attack", ["UPDATE joint_notice SET hash = ''", "DELETE FROM joint_notice"])
def test_the_database_refuses_to_change_a_notice(attack):
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    publish(tenant, joint, {party: "50%", state: "50%"})
    with (
        pytest.raises(DatabaseError, match="immutable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


def test_scheduled_mail_with_the_old_notice_is_not_current():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    old = publish(tenant, joint, {party: "50%", state: "50%"})
    assert queries.notice_is_current(old.id, NOW)
    new = publish(tenant, joint, {party: "60%", state: "40%"}, at=NOW + DAY)
    state_of_old = queries.notice_is_current(old.id, NOW + DAY)
    assert not state_of_old
    assert "version 2" in state_of_old.reason
    assert queries.notice_is_current(new.id, NOW + DAY)
    assert not queries.notice_is_current(new.id, NOW)


def test_a_participant_who_joins_makes_the_notice_stale_from_that_day():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    notice = publish(tenant, joint, {party: "50%", state: "50%"})
    third = create_organisation(actor=tenant.owner, account_id=tenant.account_id, name="Third")
    add_participant(
        actor=tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        organisation_id=third,
        since=date(2026, 2, 1),
    )
    assert queries.notice_is_current(notice.id, datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    stale = queries.notice_is_current(notice.id, datetime(2026, 2, 1, 0, 0, tzinfo=UTC))
    assert not stale
    assert "participants" in stale.reason


def test_a_participant_who_leaves_makes_the_notice_stale_from_that_day():
    tenant = make_account()
    joint, members = make_joint_sender(tenant, "A", "B", "C")
    notice = publish(tenant, joint, dict.fromkeys(members, "1/3"))
    end_participation(
        actor=tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        organisation_id=members[2],
        until=date(2026, 2, 1),
    )
    assert queries.notice_is_current(notice.id, NOW)
    assert not queries.notice_is_current(notice.id, datetime(2026, 2, 1, tzinfo=UTC))
    publish(tenant, joint, {members[0]: "1/2", members[1]: "1/2"}, at=datetime(2026, 2, 1, tzinfo=UTC))


def test_days_are_those_of_the_accounts_time_zone():
    tenant = make_account()
    change_account(actor=tenant.owner, account_id=tenant.account_id, time_zone="America/New_York")
    joint, members = make_joint_sender(tenant, "A", "B", "C")
    notice = publish(tenant, joint, dict.fromkeys(members, "1/3"))
    end_participation(
        actor=tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        organisation_id=members[2],
        until=date(2026, 2, 1),
    )
    assert queries.notice_is_current(notice.id, datetime(2026, 2, 1, 4, 59, tzinfo=UTC))
    assert not queries.notice_is_current(notice.id, datetime(2026, 2, 1, 5, 0, tzinfo=UTC))


def test_one_organisation_takes_part_once_at_a_time():
    tenant = make_account()
    joint, (party, _state) = make_joint_sender(tenant)
    again = {"actor": tenant.owner, "account_id": tenant.account_id, "joint_sender_id": joint}
    with pytest.raises(Conflict):
        add_participant(**again, organisation_id=party, since=date(2026, 5, 1))
    end_participation(**again, organisation_id=party, until=date(2026, 5, 1))
    add_participant(**again, organisation_id=party, since=date(2026, 5, 1))
    with pytest.raises(Conflict):
        add_participant(**again, organisation_id=party, since=date(2019, 1, 1), until=date(2020, 1, 2))
    with pytest.raises(Invalid):
        add_participant(**again, organisation_id=party, since=date(2019, 1, 1), until=date(2019, 1, 1))


def test_the_database_itself_refuses_overlapping_participations():
    tenant = make_account()
    joint, (party, _state) = make_joint_sender(tenant)
    with pytest.raises(IntegrityError), transaction.atomic():
        JointSenderParticipant.objects.create(
            joint_sender_id=joint, organisation_id=party, since=date(2030, 1, 1), until=date(2031, 1, 1)
        )


def test_who_is_not_there_cannot_leave_nor_before_joining():
    tenant = make_account()
    joint, (party, _state) = make_joint_sender(tenant)
    for until in (date(2019, 1, 1), date(2020, 1, 1)):
        with pytest.raises(NotFound):
            end_participation(
                actor=tenant.owner,
                account_id=tenant.account_id,
                joint_sender_id=joint,
                organisation_id=party,
                until=until,
            )


def test_an_author_publishes_no_notice():
    tenant = make_account()
    joint, (party, state) = make_joint_sender(tenant)
    with pytest.raises(Forbidden):
        publish(tenant, joint, {party: "50%", state: "50%"}, actor=make_person(tenant.account_id, "Ben", "author"))
