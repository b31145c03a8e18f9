"""Everybody reads the reports of finished years, in three forms with the same figures."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from tests.builders.mails import stranger
from tests.builders.register import SECRET, make_decision
from tests.builders.tenants import make_account

from fairpost.kernel.clock import FixedClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    standing = FixedClock(datetime(2028, 6, 1, tzinfo=UTC))
    monkeypatch.setattr("fairpost.kernel.clock.SystemClock.now", lambda _self: standing.at)
    return standing


def test_page_json_and_csv_say_the_same():
    make_decision(make_account())
    page = stranger().get("/transparency/2027").content.decode()
    document = json.loads(stranger().get("/transparency/2027.json").content)
    rows = list(csv.reader(io.StringIO(stranger().get("/transparency/2027.csv").content.decode())))
    assert document["decided"]["by_kind"] == {"suspend_sending": 1}
    assert ["own_initiative_and_restrictions", "by_kind", "suspend_sending", "1"] in rows
    assert "by kind: suspend_sending" in page
    assert SECRET not in page


def test_the_list_names_finished_years_only(clock):
    page = stranger().get("/transparency").content.decode()
    assert "/transparency/2027" in page and "/transparency/2028" not in page
    clock.at = datetime(2026, 6, 1, tzinfo=UTC)
    assert "when the year is over" in stranger().get("/transparency").content.decode()


@pytest.mark.parametrize("name", ["2028", "1999", "2027.xml", "27", "abcd", "２０２７", "2027.json.json", "-202"])
def test_nothing_else_is_there(name):
    assert stranger().get(f"/transparency/{name}").status_code == 404
