"""A report from outside: taken, joined, decided, told to both sides, and complained about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.register import START, insert_decision, keep_out, legal_officer, make_decision
from tests.builders.tenants import make_account, make_person

from fairpost.audit.queries import audit_events
from fairpost.audit.vault import destroy_key, open_for
from fairpost.enforcement.actions.decide_report import (
    complain_about_report_decision,
    decide_complaint,
    decide_report,
)
from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.actions.keep_out_entry import end_keep_out
from fairpost.enforcement.actions.open_case import close_case
from fairpost.enforcement.actions.trust_reporter import end_trust, trust_reporter
from fairpost.enforcement.models import Case, Evidence, Notice, Report
from fairpost.enforcement.notices.keep import address_of, opened
from fairpost.enforcement.queries.reports import report, report_status, reports
from fairpost.enforcement.reports.pace import OF_ADDRESS, UNFOUNDED, TooMany
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from fairpost.tenants.keyring import installation_keyring

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
CLOCK = FixedClock(NOW)
DAY = timedelta(days=1)
WATCH = "Rita@Reporter.example"


def link_to(account_id: int, campaign_id: int = 88) -> str:
    tokens = TokenIssuer(installation_keyring()).for_campaign(account_id, campaign_id)
    return f"https://mail.example/u/{tokens.unsubscribe(7).decode()}"


def send(text: str = "They call for violence.", clock=CLOCK, **given):
    return file_report(**{"channel": "form", "category": "violence", "text": text, "clock": clock, **given})


def mara(name: str = "Mara") -> Actor:
    return make_person(None, name, "reviewer")


def token(filed) -> str:
    return filed.url.rpartition("/")[2]


def letters(number: int) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(reference=f"report:{number}").order_by("pk")
    return [(each.why, opened(each).text) for each in rows]


def test_a_report_is_acknowledged_and_opens_a_case():
    tenant = make_account()
    filed = send(target=link_to(tenant.account_id), address=WATCH)
    row = Report.objects.get(pk=filed.number)
    assert (row.account_id, row.campaign_id) == (tenant.account_id, 88)
    case = Case.objects.get(pk=row.case_id)
    assert (case.source, case.queue, case.due_at) == ("report", "reports", NOW + DAY)
    assert case.account_id == tenant.account_id
    ((why, text),) = letters(filed.number)
    assert why == "report_received" and filed.id in text and filed.url in text.replace("\n", "")
    assert address_of(Notice.objects.get()) == "Rita@reporter.example"
    assert "violence" not in text.replace("report", ""), "what a stranger wrote is sent to nobody"


def test_without_address_and_without_campaign_it_counts_the_same():
    filed = send(target="the mail of Tuesday", language="xx")
    assert not filed.campaign_known
    assert Notice.objects.count() == 0
    assert report_status(token(filed)).state == "filed"


def test_what_was_written_is_sealed_and_goes_with_the_reporters_key():
    filed = send(address=WATCH, text="I am Rita Reporter")
    row = Report.objects.get()
    assert b"Rita" not in bytes(row.sealed) and b"Rita" not in bytes(row.sealed_address)
    assert report(mara(), filed.number).text == "I am Rita Reporter"
    destroy_key(f"reporter:{row.reporter_id}")
    assert report(mara(), filed.number).text is None
    decide_report(actor=mara(), report_id=filed.number, reasons="No rule is broken.", clock=CLOCK)
    assert [why for why, _text in letters_kept(filed.number)] == ["report_received"]


def letters_kept(number: int) -> list[tuple[str, None]]:
    return [(each.why, None) for each in Notice.objects.filter(reference=f"report:{number}")]


def test_the_record_holds_neither_text_nor_address():
    filed = send(address=WATCH, text="secret words")
    event = audit_events(None)[0]
    assert (event.act, event.subject) == ("report.filed", f"report:{filed.number}")
    assert "secret" not in str(event.facts) and "Rita" not in str(event.facts)


def test_reports_on_one_campaign_share_a_case_and_add_no_evidence():
    tenant = make_account()
    target = link_to(tenant.account_id)
    first, second = send(target=target), send("Me too.", target=target, address=WATCH)
    other = send(target=link_to(tenant.account_id, 89))
    cases = [Report.objects.get(pk=each.number).case_id for each in (first, second, other)]
    assert cases[0] == cases[1] != cases[2]
    assert Evidence.objects.filter(case_id=cases[0]).count() == 1


def test_after_the_case_is_closed_a_report_opens_another():
    target = link_to(make_account().account_id)
    first = Report.objects.get(pk=send(target=target).number)
    close_case(actor=mara(), case_id=first.case_id, reason="nothing in it", clock=CLOCK)
    assert Report.objects.get(pk=send("again", target=target).number).case_id != first.case_id


def test_a_repetition_is_the_same_report():
    target = link_to(make_account().account_id)
    first, second = send(target=target, address=WATCH), send(target=target, address=WATCH.lower())
    assert (second.number, second.new) == (first.number, False)
    assert Notice.objects.count() == 1
    decide_report(actor=mara(), report_id=first.number, reasons="No.", clock=CLOCK)
    assert send(target=target, address=WATCH).new


def test_the_same_words_of_another_side_are_another_report():
    target = link_to(make_account().account_id)
    assert send(target=target, client="10.0.0.1").number != send(target=target, client="10.0.0.2").number


def test_both_sides_are_told_the_decision_and_the_sender_not_who_reported():
    tenant = make_account()
    filed = send(target=link_to(tenant.account_id), address=WATCH, language="fr")
    decide_report(actor=mara(), report_id=filed.number, reasons="It is a quotation.", clock=CLOCK)
    told = dict(letters(filed.number))
    assert "It is a quotation." in told["report_decided"] and filed.url in told["report_decided"].replace("\n", "")
    assert "It is a quotation." in told["reported_campaign"]
    assert "rita" not in told["reported_campaign"].lower() and filed.id not in told["reported_campaign"]
    assert filed.url not in told["reported_campaign"]
    status = report_status(token(filed), CLOCK)
    assert (status.state, status.outcome, status.reasons) == ("decided", "not_acted", "It is a quotation.")


def test_a_sender_is_told_once_of_many_reports_without_consequence():
    target = link_to(make_account().account_id)
    numbers = [send(f"text {n}", target=target).number for n in range(3)]
    for each in numbers:
        decide_report(actor=mara(), report_id=each, reasons="No.", clock=CLOCK)
    assert Notice.objects.filter(why="reported_campaign").count() == 1


def test_a_decision_that_followed_is_linked_once_it_is_public():
    tenant = make_account()
    decision = make_decision(tenant, now=START)
    filed = send(target=link_to(tenant.account_id))
    decide_report(actor=mara(), report_id=filed.number, reasons="Stopped.", decision_id=decision, clock=CLOCK)
    assert report_status(token(filed), CLOCK).register_url == ""
    later = report_status(token(filed), FixedClock(START + 200 * DAY))
    assert later.register_url.endswith(f"/register/D-{decision}")
    assert later.outcome == "acted"


def test_a_report_cannot_be_decided_with_what_never_came_into_force():
    filed = send()
    never = insert_decision(make_account())
    with pytest.raises(Invalid):
        decide_report(actor=mara(), report_id=filed.number, reasons="x", decision_id=never, clock=CLOCK)
    with pytest.raises(Invalid):
        decide_report(actor=mara(), report_id=filed.number, reasons="  ", clock=CLOCK)
    with pytest.raises(Invalid):
        decide_report(actor=mara(), report_id=filed.number, reasons="Says rita@x.example", clock=CLOCK)
    assert report_status(token(filed)).state == "filed"


def test_it_is_decided_once_by_a_person_who_may():
    filed = send()
    decide_report(actor=mara(), report_id=filed.number, reasons="No.", clock=CLOCK)
    with pytest.raises(Conflict):
        decide_report(actor=mara(), report_id=filed.number, reasons="No.", clock=CLOCK)
    for other in (make_account(owner="Mallory").owner, make_person(None, "Noor", "approver")):
        with pytest.raises(Forbidden):
            decide_report(actor=other, report_id=filed.number, reasons="No.", clock=CLOCK)
        with pytest.raises(Forbidden):
            reports(other)


def test_what_an_order_keeps_out_is_not_told_to_the_reporter_either():
    tenant = make_account()
    decision = make_decision(tenant)
    officer, _order = keep_out(decision)
    filed = send(target=link_to(tenant.account_id), address=WATCH)
    before = report_status(token(filed), CLOCK)
    decide_report(actor=mara(), report_id=filed.number, reasons="Stopped.", decision_id=decision, clock=CLOCK)
    assert report_status(token(filed), CLOCK) == before
    assert [why for why, _text in letters(filed.number)] == ["report_received"]
    with pytest.raises(Conflict):
        complain_about_report_decision(report_id=filed.number, text="why?", clock=CLOCK)
    end_keep_out(actor=officer, decision_id=decision, reason="over", clock=CLOCK)
    assert report_status(token(filed), FixedClock(NOW + DAY)).outcome == "acted"


def test_a_reporter_complains_once_and_another_person_decides():
    filed = send(address=WATCH)
    first, second = mara(), mara("Rosa")
    with pytest.raises(Conflict):
        complain_about_report_decision(report_id=filed.number, text="too slow", clock=CLOCK)
    decide_report(actor=first, report_id=filed.number, reasons="No.", unfounded=True, clock=CLOCK)
    complain_about_report_decision(report_id=filed.number, text="Look again.", clock=CLOCK)
    with pytest.raises(Conflict):
        complain_about_report_decision(report_id=filed.number, text="And again.", clock=CLOCK)
    assert report(second, filed.number).complaint == "Look again."
    with pytest.raises(Forbidden):
        decide_complaint(actor=first, report_id=filed.number, changed=True, reasons="Hm.", clock=CLOCK)
    case = decide_complaint(actor=second, report_id=filed.number, changed=True, reasons="Overlooked.", clock=CLOCK)
    assert Case.objects.get(pk=case).closed_at is None
    assert not Report.objects.get().unfounded
    assert [why for why, _text in letters(filed.number)] == ["report_received", "report_decided", "complaint_decided"]
    status = report_status(token(filed))
    assert (status.state, status.complaint_outcome, status.may_complain_until) == ("closed", "changed", None)


def test_complaints_have_a_window():
    filed = send()
    decide_report(actor=mara(), report_id=filed.number, reasons="No.", clock=CLOCK)
    until = report_status(token(filed), CLOCK).may_complain_until
    assert until > NOW + 180 * DAY
    with pytest.raises(Conflict):
        complain_about_report_decision(report_id=filed.number, text="late", clock=FixedClock(until))
    assert report_status(token(filed), FixedClock(until)).may_complain_until is None


def test_a_trusted_reporter_has_a_queue_of_its_own_by_token_and_never_by_address():
    operator = make_person(None, "Olga", "operator")
    trusted = trust_reporter(actor=operator, name="Safe Mail Institute", clock=CLOCK)
    target = link_to(make_account().account_id)
    plain = send(target=target, address=WATCH)
    filed = send("Seen by us.", target=target, trusted_token=trusted.token)
    (line,) = reports(mara(), queue="trusted")
    assert line.id == filed.id
    case = Case.objects.get(pk=Report.objects.get(pk=plain.number).case_id)
    assert case.queue == "trusted", "the case that it joined moves"
    end_trust(actor=operator, reporter_id=trusted.id, clock=CLOCK)
    with pytest.raises(Forbidden):
        send("More.", trusted_token=trusted.token)
    with pytest.raises(Forbidden):
        send("More.", trusted_token=token(filed))
    with pytest.raises(Conflict):
        end_trust(actor=operator, reporter_id=trusted.id, clock=CLOCK)


def test_one_address_sends_so_many_a_day():
    for number in range(OF_ADDRESS):
        send(f"text {number}", address=WATCH)
    with pytest.raises(TooMany):
        send("one more", address=WATCH)
    assert not send("text 3", address=WATCH).new, "a repetition costs nothing"
    send("without address")
    send("one more", address=WATCH, clock=FixedClock(NOW + DAY))


def test_who_reports_without_ground_again_and_again_is_limited_and_told_why():
    for number in range(UNFOUNDED):
        filed = send(f"text {number}", address=WATCH)
        decide_report(actor=mara(), report_id=filed.number, reasons="No.", unfounded=True, clock=CLOCK)
    later = FixedClock(NOW + 2 * DAY)
    send("one a day", address=WATCH, clock=later)
    with pytest.raises(TooMany, match="5 of your reports") as limited:
        send("two a day", address=WATCH, clock=later)
    assert limited.value.status == 429
    send("others may", address="other@reporter.example", clock=later)
    half_a_year = FixedClock(NOW + 181 * DAY)
    for number in range(3):
        send(f"later {number}", address=WATCH, clock=half_a_year)


def test_one_network_sends_so_many_an_hour(settings):
    from dataclasses import replace

    settings.FAIRPOST = replace(settings.FAIRPOST, report_requests_per_hour=3)
    for number in range(3):
        send(f"text {number}", client="192.0.2.1")
    with pytest.raises(TooMany):
        send("more", client="192.0.2.1")
    send("more", client="192.0.2.2")
    send("more", client="192.0.2.1", clock=FixedClock(NOW + timedelta(minutes=20)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "nonsense"}, {"text": ""}, {"text": "x" * 10_001}, {"text": "bell \x07"}, {"text": "\u202e"},
        {"address": "rita@x.example\r\nBcc: all@x.example"}, {"address": "nobody"}, {"target": "x" * 50_001},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_whole(wrong):
    with pytest.raises(Invalid):
        send(**wrong)
    assert Report.objects.count() == 0


def test_a_secret_link_opens_one_report_only():
    filed = send()
    for forged in ("", "x", token(filed)[:-1] + "b", token(filed) + "a", "a" * 48):
        if forged != token(filed):
            with pytest.raises(NotFound):
                report_status(forged)


def test_a_legal_officer_answers_no_reports():
    with pytest.raises(Forbidden):
        reports(legal_officer())


def test_addresses_are_known_again_without_being_kept():
    send("one", address=WATCH)
    send("two", address=WATCH.upper())
    first, second = Report.objects.order_by("pk")
    assert first.reporter_id == second.reporter_id
    assert b"rita" not in bytes(first.reporter.address_hash).lower()
    assert open_for(f"reporter:{first.reporter_id}", bytes(first.sealed_address)) == b"Rita@reporter.example"
