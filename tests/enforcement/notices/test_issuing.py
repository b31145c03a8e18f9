"""Whoever a decision concerns is told of it in the act itself: each party for itself, each person in their language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.builders.enforcement import decided, measure, until
from tests.builders.mailings import mailing
from tests.builders.tenants import make_account, make_identity, make_joint_sender, make_person

from fairpost.audit.queries import audit_events
from fairpost.audit.vault import destroy_key
from fairpost.enforcement.acting import perform
from fairpost.enforcement.actions.activate_decision import hold_what_is_restricted
from fairpost.enforcement.actions.lift_measure import lift_measure
from fairpost.enforcement.happenings import Happening, follow
from fairpost.enforcement.models import CoverageRevision, Notice, NoticeEvent, NoticePost
from fairpost.enforcement.notices.keep import address_of, opened
from fairpost.enforcement.queries.notices import notice, notices
from fairpost.kernel.clock import SYSTEM_CLOCK
from fairpost.kernel.errors import Conflict
from fairpost.tenants import queries
from fairpost.tenants.actions.add_outside_contact import add_outside_contact
from fairpost.tenants.actions.change_account import change_account
from fairpost.tenants.actions.create_account import create_account
from fairpost.tenants.actions.create_person import create_person
from fairpost.tenants.actions.verify_outside_contact import verify_outside_contact
from fairpost.tenants.actors import local_operator

COMBATIVE = "combative-call-to-action@1"
HOLD = {"queue": "hold"}


def suspended(staff, account_id, **more):
    return decided(staff, measure("suspend_sending", {"account": [account_id]}, mechanism=HOLD), **more).decision


def kept(**wanted):
    return list(Notice.objects.filter(**wanted).order_by("pk"))


def flat(row):
    return " ".join(opened(row).text.split())


def owner(account_id, name, language):
    return create_person(
        actor=local_operator(), account_id=account_id, email=f"{name}@party.example", name=name, role="owner",
        language=language,
    )  # fmt: skip


def test_every_owner_is_told_in_their_own_language(staff):
    ada = make_account()
    for name, language in (("luc", "fr"), ("lia", "it"), ("sol", "es"), ("uwe", "de")):
        owner(ada.account_id, name, language)
    make_person(ada.account_id, "Ben", "sender", unit_id=ada.unit_id)
    change_account(actor=ada.owner, account_id=ada.account_id, time_zone="Europe/Zurich")
    decision = suspended(staff, ada.account_id)
    rows = kept(decision_id=decision.id)
    assert [each.language for each in rows] == ["en", "fr", "it", "es", "de"]
    assert {address_of(each) for each in rows[1:]} == {f"{each}@party.example" for each in ("luc", "lia", "sol", "uwe")}
    assert "das Senden ist ausgesetzt" in flat(rows[4]) and "Europe/Zurich" in flat(rows[4])
    assert all(each.due_at - each.at == timedelta(seconds=60) for each in rows)
    assert set(NoticePost.objects.values_list("state", flat=True)) == {"queued"}


def test_the_notice_says_what_was_decided(staff):
    ada = make_account("party")
    make_identity(ada)
    decision = suspended(staff, ada.account_id, outside_redress="The board", quoted="take the square")
    (row,) = kept()
    text = flat(row)
    (measured,) = decision.measures
    for wanted in (
        f"Decision: {decision.label}",
        decision.url,
        f"{measured.label}: sending is suspended.",
        "account: Party (inside the scope)",
        "The mail of 5 January asks people to take the square by force.",
        "take the square",
        "violence@1",
        decision.clauses[0].permalink,
        "Our own initiative.",
        "The board",
        f"fairpost appeal file {decision.label}",
        f"fairpost notice show N-{row.pk}",
        "What waits is kept for 72 hours",
        "The strike expires on",
    ):
        assert wanted in text, wanted
    assert "/n/" in text


def test_internal_notes_are_told_to_nobody(staff):
    ada = make_account()
    decided(staff, measure("note", {"account": [ada.account_id]}, instant()))
    assert kept() == []


def instant():
    from fairpost.enforcement.catalogue.durations import Duration

    return Duration("instant")


def test_only_a_confirmed_contact_outside_is_told(staff):
    ada = make_account()
    waiting = add_outside_contact(actor=ada.owner, account_id=ada.account_id, email="w@law.example", language="de")
    ready = add_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example", language="de")
    verify_outside_contact(ready.token)
    suspended(staff, ada.account_id)
    outside = [each for each in kept() if each.outside_contact_id]
    assert [(each.outside_contact_id, each.language) for each in outside] == [(ready.contact_id, "de")]
    assert waiting.contact_id not in {each.outside_contact_id for each in kept()}


def committee(staff):
    """Ada's account runs a joint sender of three: its own organisation, Ben's with an account, one without any."""
    ada, ben = make_account("national"), make_account("state", owner="Ben")
    held = queries.account(ben.account_id).holder_id
    joint, members = make_joint_sender(ada, "National Committee", "City Party")
    from fairpost.tenants.models import JointSenderParticipant

    JointSenderParticipant.objects.create(joint_sender_id=joint, organisation_id=held, since="2020-01-01")
    organisation = queries.joint_sender(ada.account_id, joint).organisation_id
    make_identity(ada, "fund@victory.example", organisation_id=organisation)
    return ada, ben, joint, members


def test_each_participant_of_a_joint_sender_gets_its_own(staff):
    ada, ben, joint, members = committee(staff)
    decided(staff, measure("block_class", {"joint_sender": [joint], "content_class": [COMBATIVE]}))
    rows = kept()
    told = [(each.account_id, each.organisation_id) for each in rows]
    held = queries.account(ben.account_id).holder_id
    assert sorted(told, key=str) == sorted(
        [(ada.account_id, None), (ada.account_id, members[0]), (ada.account_id, members[1]), (ben.account_id, held)],
        key=str,
    )
    by = dict(zip(told, rows, strict=True))
    assert "In care of National, because City Party" in flat(by[(ada.account_id, members[1])])
    assert "In care of" not in flat(by[(ben.account_id, held)])
    assert "To: State" in flat(by[(ben.account_id, held)])
    assert "takes part in the joint sender; what it sends for itself is not covered" in flat(by[(ben.account_id, held)])


def test_nobody_is_told_of_other_customers(staff):
    ada, mallory = make_account("party"), make_account("rival", owner="Mallory")
    make_identity(ada, "a@party.example")
    make_identity(mallory, "m@rival.example")
    decided(staff, measure("block_class", {"content_class": [COMBATIVE]}), responsible=[1])
    (mine,) = kept(account_id=ada.account_id)
    for form in (opened(mine).text, opened(mine).html, opened(mine).subject):
        assert "rival" not in form.lower()
    assert "1 more that belong to others" in flat(mine)


def test_nothing_comes_into_force_that_somebody_covered_cannot_hear_of(staff):
    account_id = create_account(actor=local_operator(), slug="silent", name="Silent")
    with pytest.raises(Conflict, match="Nobody of the account 'Silent' can be told"):
        suspended(staff, account_id)
    assert kept() == []
    assert not NoticePost.objects.exists()


def test_imminent_harm_waits_for_no_address_and_that_is_on_record(staff):
    account_id = create_account(actor=local_operator(), slug="silent", name="Silent")
    hold = measure("interim_hold", {"account": [account_id]}, until(term=timedelta(hours=20)))
    decided(staff, hold)
    assert kept() == []
    acts = [each.act for each in audit_events(account_id)]
    assert "notice.unreached" in acts


def test_a_hijacked_account_is_told_outside_of_it_only(staff):
    ada = make_account()
    contact = add_outside_contact(actor=ada.owner, account_id=ada.account_id, email="r@law.example")
    verify_outside_contact(contact.token)
    suspended(staff, ada.account_id, notice_withheld="hijacked account: the password was changed from abroad")
    states = {each.notice.outside_contact_id: each.state for each in NoticePost.objects.select_related("notice")}
    assert states == {None: "withheld", contact.contact_id: "queued"}
    reasons = [each.detail for each in NoticeEvent.objects.filter(what="withheld")]
    assert reasons == [{"reason": "hijacked account: the password was changed from abroad"}]
    visible = notices(ada.owner, ada.account_id)
    assert [each.to for each in visible] == [f"outside_contact {contact.contact_id}"]


def test_an_order_keeps_every_notice_back_later_ones_too(staff):
    ada = make_account()
    decision = suspended(staff, ada.account_id, notice_withheld="order O-4 forbids to tell until March")
    lift_measure(actor=staff.noor, measure_id=decision.measures[0].id, reason="over")
    assert [each.state for each in NoticePost.objects.all()] == ["withheld", "withheld"]
    assert notices(ada.owner, ada.account_id) == []


def test_lifting_is_told_with_its_reason(staff):
    ada = make_account()
    decision = suspended(staff, ada.account_id)
    lift_measure(actor=staff.noor, measure_id=decision.measures[0].id, reason="It was a quotation.")
    first, second = kept()
    assert (first.why, second.why) == ("decision", "lifted")
    assert "It was a quotation." in flat(second)
    assert "lifted" in opened(second).subject


@pytest.mark.parametrize(
    ("act", "detail", "why", "wanted"),
    [
        ("stayed", {"until": "2099-01-01T00:00:00+00:00", "appeal": 3}, "stayed", "Until: 1 January 2099"),
        ("partly_stayed", {"within": {"channel": ["email"]}}, "stayed", "Only inside this part: channel: email"),
        ("overturned", {"appeal": 3}, "overturned", "its strike is void"),
        ("superseded", {"by": 9}, "superseded", "Replaced by decision D-9."),
    ],
)
def test_what_happens_to_a_measure_is_told(staff, act, detail, why, wanted):
    ada = make_account()
    (measured,) = suspended(staff, ada.account_id).measures
    with transaction.atomic():
        perform(measured.id, act, actor=staff.noor, reason="because", detail=detail, now=SYSTEM_CLOCK.now())
    later = kept()[-1]
    assert later.why == why
    assert wanted in flat(later) and "because" in flat(later)


def test_the_end_of_a_stay_is_told(staff):
    ada = make_account()
    (measured,) = suspended(staff, ada.account_id).measures
    for act in ("stayed", "stay_ended"):
        with transaction.atomic():
            perform(measured.id, act, actor=staff.noor, reason="r", now=SYSTEM_CLOCK.now())
    assert [each.why for each in kept()] == ["decision", "stayed", "stay_ended"]


def appealed(staff, ada):
    from fairpost.enforcement.actions.file_appeal import file_appeal

    decision = suspended(staff, ada.account_id)
    filed = file_appeal(
        actor=ada.owner, account_id=ada.account_id, decision_id=decision.id, statement="It was a quotation."
    )
    return filed.appeal.id


def test_a_refused_stay_and_an_inadmissible_appeal_are_told_to_who_filed_it(staff):
    ada = make_account()
    number = appealed(staff, ada)
    for name, detail in (
        ("appeal.stay_refused", {"reason": "Nothing is urgent."}),
        ("appeal.decided", {"outcome": "inadmissible", "reason": "It names nothing."}),
    ):
        with transaction.atomic():
            follow(Happening(name, SYSTEM_CLOCK.now(), appeal_id=number, detail=detail))
    refused, inadmissible = kept(reference=f"appeal:{number}")
    assert "Nothing is urgent." in flat(refused) and "was refused" in flat(refused)
    assert "the appeal cannot be admitted" in flat(inadmissible) and "It names nothing." in flat(inadmissible)


def extended(measured, parties):
    """A later coverage statement that must be told to these."""
    last = CoverageRevision.objects.filter(measure_id=measured.id).latest("revision")
    statement = {**last.statement, "notices": parties}
    CoverageRevision.objects.create(
        measure_id=measured.id, revision=last.revision + 1, statement=statement, hash="h", why="extended",
        at=SYSTEM_CLOCK.now(),
    )  # fmt: skip
    with transaction.atomic():
        follow(Happening("coverage.extended", SYSTEM_CLOCK.now(), measured.decision_id, measured.id))


def test_only_newcomers_get_the_addendum(staff):
    ada, ben = make_account(), make_account(owner="Ben")
    (measured,) = suspended(staff, ada.account_id).measures
    extended(measured, [{"account_id": ada.account_id}, {"account_id": ben.account_id}])
    assert [(each.why, each.account_id) for each in kept()] == [
        ("decision", ada.account_id),
        ("addendum", ben.account_id),
    ]


def test_when_a_participant_leaves_everybody_is_told_again(staff):
    ada, ben, joint, _members = committee(staff)
    done = decided(staff, measure("block_class", {"joint_sender": [joint], "content_class": [COMBATIVE]}))
    (measured,) = done.decision.measures
    before = list(measured.coverage["notices"])
    gone = {"organisation_id": queries.account(ben.account_id).holder_id}
    extended(measured, [each for each in before if each != gone])
    again = [each for each in kept() if each.why == "coverage_changed"]
    assert {each.account_id for each in again} == {ada.account_id, ben.account_id}
    assert len(again) == 4


def test_a_held_campaign_is_told_with_reasons_and_deadline(staff, mailings):
    ada = make_account()
    review = measure("pre_review", {"account": [ada.account_id]}, mechanism={"deadline_hours": 2, "default": "release"})
    decision = decided(staff, review).decision
    mailings.campaigns = [mailing(ada.account_id, 7)]
    assert hold_what_is_restricted() == 1
    told = {each.why: each for each in kept()}
    assert set(told) == {"decision", "campaign_held"}
    held = told["campaign_held"]
    assert held.reference == f"campaign:{ada.account_id}/7"
    text = flat(held)
    for wanted in (
        f"measure {decision.measures[0].label}",
        decision.label,
        "it is released",
        "How to appeal",
        "campaign 7",
    ):
        assert wanted in text, wanted


def test_campaigns_that_a_decision_stops_are_named_in_its_notice_and_told_once(staff, mailings):
    ada, mallory = make_account(), make_account(owner="Mallory")
    make_identity(ada)
    mailings.campaigns = [mailing(ada.account_id, 7), mailing(mallory.account_id, 8)]
    suspended(staff, ada.account_id)
    (row,) = kept()
    assert f"Held since this decision: campaign {ada.account_id}/7." in flat(row)
    assert "/8." not in flat(row)


def test_a_notice_can_be_neither_changed_nor_removed(staff):
    suspended(staff, make_account().account_id)
    for sql in (
        "UPDATE notice SET language = 'fr'",
        "DELETE FROM notice",
        "UPDATE notice_event SET what = 'delivered'",
        "DELETE FROM notice_event",
    ):
        with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
            cursor.execute(sql)


def test_an_act_that_fails_tells_nobody(staff):
    ada = make_account()
    with pytest.raises(RuntimeError), transaction.atomic():
        (measured,) = suspended_in(staff, ada.account_id)
        with transaction.atomic():
            perform(measured.id, "lifted", actor=staff.noor, reason="r", now=SYSTEM_CLOCK.now())
        raise RuntimeError
    assert [each.why for each in kept()] == ["decision"]


def suspended_in(staff, account_id):
    """Activated beforehand: putting in force waits for senders and runs in no transaction."""
    from threading import Thread

    found = []

    def run():
        found.extend(suspended(staff, account_id).measures)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return found


def test_another_accounts_notice_is_not_found(staff):
    ada, mallory = make_account(), make_account(owner="Mallory")
    suspended(staff, ada.account_id)
    (row,) = kept()
    from fairpost.kernel.errors import NotFound

    assert notice(ada.owner, ada.account_id, row.pk).text
    assert notices(mallory.owner, mallory.account_id) == []
    with pytest.raises(NotFound):
        notice(mallory.owner, mallory.account_id, row.pk)
    with pytest.raises(NotFound):
        notice(mallory.owner, ada.account_id, row.pk)


def test_what_is_kept_is_sealed_and_an_erasure_leaves_the_hash(staff):
    ada = make_account("party")
    suspended(staff, ada.account_id)
    (row,) = kept()
    raw = bytes(row.content) + bytes(row.address)
    assert b"party" not in raw.lower() and b"example.org" not in raw
    destroy_key(f"person:{row.person_id}")
    destroy_key(f"account:{row.account_id}")
    view = notice(local_operator(), None, row.pk)
    assert (view.address, view.text) == (None, None)
    assert len(view.sha256) == 64
