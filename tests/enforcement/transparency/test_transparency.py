"""A report counts what happened and tells no more than the register does."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.builders.register import SECRET, START, act, keep_out, legal_officer, make_appeal, make_decision, make_order
from tests.builders.tenants import make_account, make_person

from fairpost.enforcement.actions.act_on_order import answer_order
from fairpost.enforcement.actions.decide_report import decide_report
from fairpost.enforcement.actions.file_report import file_report
from fairpost.enforcement.actions.keep_out_entry import end_keep_out
from fairpost.enforcement.actions.seal_entry import seal_entry
from fairpost.enforcement.models import AppealRuling, HeldCampaign, Measure, Notice, NoticeEvent
from fairpost.enforcement.queries.transparency import transparency_report, yearly_report
from fairpost.enforcement.transparency.csv_form import COLUMNS, to_csv
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
END = START + 30 * DAY
NOW = FixedClock(END + DAY)
NEXT_YEAR = FixedClock(datetime(2028, 6, 1, tzinfo=UTC))


def auditor():
    return make_person(None, "Aude", "auditor")


def figures(clock=NOW, since=START - DAY, until=END):
    return transparency_report(auditor(), since, until, clock)


def same(report):
    """Without when it was made."""
    return asdict(replace(report, made_at=START))


def make_notice(decision: int | None, *, seconds: int | None, why: str = "decision", number: int = 0) -> None:
    row = Notice.objects.create(
        why=why, decision_id=decision, address_subject="x:1", address=b"", content_subject="x:1", content=b"",
        sha256="", language="en", message_id=f"<{decision}.{why}.{seconds}.{number}@x>", at=START, due_at=START,
    )  # fmt: skip
    if seconds is not None:
        NoticeEvent.objects.create(notice=row, what="handed_over", at=START + timedelta(seconds=seconds))


def hold(tenant, decision: int, *, number: int, hours: int | None, state: str = "held") -> None:
    measure = Measure.objects.filter(decision_id=decision).earliest("pk").pk
    HeldCampaign.objects.create(
        account_id=tenant.account_id, campaign_id=number, state=state, reasons=[f"measure M-{measure}"],
        held_at=START, decided_at=None if hours is None else START + hours * HOUR,
    )  # fmt: skip


def test_measures_by_kind_clause_source_and_automation():
    tenant = make_account()
    make_decision(tenant, kinds=["suspend_sending", "warn", "note"], source="report")
    make_decision(tenant, kinds=["brake"], days=1)
    found = figures().decided
    assert (found.decisions, found.measures) == (2, 3)
    assert found.by_kind == {"brake": 1, "suspend_sending": 1, "warn": 1}
    assert found.by_source == {"own_initiative": 1, "report": 2}
    assert found.by_decision == {"full": 1, "no": 2}
    assert found.by_detection == {"people": 3}
    assert found.by_restriction == {"provision": 2}
    assert sorted(found.by_clause.values()) == [1, 2]
    assert {(each.kind, each.source, each.count) for each in found.cells} == {
        ("brake", "own_initiative", 1), ("suspend_sending", "report", 1), ("warn", "report", 1),
    }  # fmt: skip
    assert found.brakes == {"applied": 1, "confirmed": 0, "lapsed": 1, "lifted_or_overturned": 0}
    assert found.covered["accounts"] == 1 and found.contacts_covered == 36


def test_only_what_happened_in_the_period_counts():
    make_decision(make_account())
    assert figures(since=START, until=START + DAY).decided.decisions == 1
    assert figures(since=START - DAY, until=START).decided.decisions == 0
    with pytest.raises(Invalid):
        figures(since=START, until=START)


def test_notices_by_why_and_how_fast():
    decision = make_decision(make_account())
    for number, seconds in enumerate((10, 60, 61, None)):
        make_notice(decision, seconds=seconds, number=number)
    make_notice(None, seconds=5, why="report_received")
    found = figures().notices
    assert (found.written, found.handed_over, found.within_60_seconds) == (4, 3, 2)
    assert found.median_seconds == 60 and found.by_why == {"decision": 4}


def test_appeals_with_median_time_and_reversals():
    for hours, outcome in ((10, "overturned"), (20, "upheld"), (40, "varied")):
        tenant = make_account()
        decision = make_decision(tenant)
        appeal = make_appeal(decision, tenant, START, over=START + hours * HOUR, outcome=outcome)
        measure = Measure.objects.get(decision_id=decision)
        AppealRuling.objects.create(appeal_id=appeal, measure=measure, outcome=outcome, reason="r", at=START)
    tenant = make_account()
    make_appeal(make_decision(tenant), tenant, START)
    found = figures().appeals
    assert (found.filed, found.decided, found.median_hours) == (4, 3, 20)
    assert found.by_outcome == {"overturned": 1, "upheld": 1, "varied": 1}
    assert (found.reversals, found.reversal_rate) == (2, 0.6667)
    assert found.overdue == 1


def test_held_and_released_campaigns():
    tenant = make_account()
    decision = make_decision(tenant)
    hold(tenant, decision, number=1, hours=2, state="released")
    hold(tenant, decision, number=2, hours=4, state="blocked")
    hold(tenant, decision, number=3, hours=None)
    found = figures().campaigns
    assert (found.held, found.released, found.blocked, found.waiting, found.median_hours) == (3, 1, 1, 1, 3)


def test_reports_and_orders():
    filed = [
        file_report(channel="form", category="fraud", text=f"text {n}", clock=FixedClock(START)) for n in range(3)
    ]
    decide_report(
        actor=make_person(None, "Mara", "reviewer"), report_id=filed[0].number, reasons="No.", unfounded=True,
        clock=FixedClock(START + 5 * HOUR),
    )  # fmt: skip
    officer = legal_officer()
    number = make_order(officer, secret=False)
    answer_order(actor=officer, order_id=number, what="done", clock=FixedClock(START + HOUR))
    make_order(officer)
    found = figures()
    assert (found.reports.filed, found.reports.decided, found.reports.unfounded) == (3, 1, 1)
    assert found.reports.median_hours == 5 and found.reports.by_category == {"fraud": 3}
    assert (found.orders.served, found.orders.answered, found.orders.forbidding_disclosure) == (1, 1, "1-9")
    assert found.orders.median_hours == 2


def everything_about(tenant, decision: int) -> None:
    """All that a decision leaves in figures: a notice, an appeal, a stay, a held campaign, a report."""
    make_notice(decision, seconds=3)
    appeal = make_appeal(decision, tenant, START, over=START + HOUR, outcome="overturned")
    measure = Measure.objects.filter(decision_id=decision).earliest("pk")
    AppealRuling.objects.create(appeal_id=appeal, measure=measure, outcome="overturned", reason="r", at=START)
    act(decision, "stayed", START + HOUR)
    hold(tenant, decision, number=decision, hours=1, state="released")
    filed = file_report(channel="form", category="hate", text=f"about {decision}", clock=FixedClock(START))
    decide_report(
        actor=make_person(None, "Mara", "reviewer"), report_id=filed.number, reasons="Stopped.",
        decision_id=decision, clock=FixedClock(START + HOUR),
    )  # fmt: skip


def test_what_an_order_keeps_out_is_in_no_figure():
    """The report with it and without it is the same, whatever was done about it; only the band tells that it is."""
    visible = make_account()
    everything_about(visible, make_decision(visible))
    keep_out(make_decision(visible))
    before = {public: same(report(public)) for public in (True, False)}
    tenant = make_account()
    decision = make_decision(tenant)
    officer, _order = keep_out(decision)
    everything_about(tenant, decision)
    for public in (True, False):
        assert same(report(public)) == before[public]
    end_keep_out(actor=officer, decision_id=decision, reason="over", clock=NOW)
    for public in (True, False):
        assert report(public).decided.measures == before[public]["decided"]["measures"] + 1


def report(public: bool):
    if public:
        return yearly_report(2027, NEXT_YEAR)
    return transparency_report(auditor(), datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC), NEXT_YEAR)


def test_what_is_sealed_is_one_number_and_no_breakdown_until_it_opens():
    tenant = make_account()
    decision = make_decision(tenant)
    operator = make_person(None, "Olga", "operator")
    empty = same(report(True))["decided"]
    seal_entry(
        actor=operator, decision_id=decision, until=NEXT_YEAR.now() + DAY, legal_basis="law",
        clock=FixedClock(NEXT_YEAR.now() - DAY),
    )  # fmt: skip
    everything_about(tenant, decision)
    for public in (True, False):
        found = report(public)
        assert found.decided.withheld["sealed"] == 1
        assert (found.decided.measures, found.decided.by_kind, found.decided.cells) == (0, {}, ())
        assert (found.notices.written, found.appeals.filed, found.campaigns.held, found.reports.acted) == (0, 0, 0, 0)
        assert "suspend_sending" not in json.dumps(asdict(found), default=str) and "suspend" not in to_csv(found)
    assert empty["measures"] == 1
    opened = yearly_report(2027, FixedClock(NEXT_YEAR.now() + DAY))
    assert (opened.decided.measures, opened.decided.withheld["sealed"]) == (1, 0)


def test_the_public_one_breaks_down_nothing_that_is_still_the_parties():
    tenant = make_account()
    decision = make_decision(tenant, now=datetime(2027, 12, 20, tzinfo=UTC))
    early = FixedClock(datetime(2028, 1, 2, tzinfo=UTC))
    found = yearly_report(2027, early)
    assert found.decided.withheld == {"parties": 1, "sealed": 0}
    assert found.decided.measures == 0
    inside = transparency_report(auditor(), found.since, found.until, early)
    assert inside.decided.by_kind == {"suspend_sending": 1}
    assert yearly_report(2027, FixedClock(datetime(2028, 7, 1, tzinfo=UTC))).decided.measures == 1
    assert decision


def test_only_finished_years_are_public():
    for year in (1999, 2025, 2028, 2029):
        with pytest.raises(NotFound):
            yearly_report(year, NEXT_YEAR)
    assert yearly_report(2027, NEXT_YEAR).since == datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(NotFound):
        yearly_report(2027, FixedClock(datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)))


def test_other_periods_are_for_those_who_read_all_decisions():
    tenant = make_account()
    for actor in (tenant.owner, make_person(tenant.account_id, "Ben", "author")):
        with pytest.raises(Forbidden):
            transparency_report(actor, START, END, NOW)


def test_csv_is_one_figure_a_line_and_names_nobody():
    make_decision(make_account(), source="report")
    text = to_csv(figures())
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert {row["part"] for row in rows} >= {"orders", "notices", "own_initiative_and_restrictions", "complaints"}
    kinds = [row for row in rows if row["indicator"] == "by_kind"]
    assert [(row["breakdown"], row["value"]) for row in kinds] == [("suspend_sending", "1")]
    assert all(not row["breakdown"].startswith(("=", "+", "-", "@")) for row in rows)
    assert SECRET not in text and "umbrella" not in text
