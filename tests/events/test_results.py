"""Reports of a campaign that was counted by hand, in every form, and for nobody else."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.etree import ElementTree

import pytest
from django.db import connection
from tests.builders.api import HOST, Program
from tests.builders.campaigns import make_author
from tests.builders.hits import AT
from tests.builders.results import PEOPLE, come_back, sent
from tests.builders.tenants import make_person

from fairpost.events.domains.chunks import keep_domains
from fairpost.events.domains.rollup import count_by_domain
from fairpost.events.queries.cadence import cadence
from fairpost.events.queries.link_map import link_map
from fairpost.events.queries.results import Bounce, Deed, Reason, results
from fairpost.events.queries.results_by_domain import results_by_domain
from fairpost.events.queries.results_by_link import results_by_link
from fairpost.events.queries.results_over_time import results_over_time
from fairpost.events.reports.scope import Scope
from fairpost.events.reports.table import Table, write_csv
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.runtime import entry
from fairpost.tenants.actions.create_api_key import create_api_key

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign(tmp_path):
    author = make_author("lake")
    author.people(*PEOPLE)
    made = sent(author)
    come_back(made, tmp_path)
    return made


def test_every_number_is_what_was_counted_by_hand(campaign):
    who, scope = (campaign.author.actor, campaign.account_id), Scope(campaign_id=campaign.campaign_id)
    found = results(*who, scope)
    assert (found.audience, found.accepted, found.failed, found.withheld, found.pending) == (12, 9, 1, 1, 1)
    assert (found.returned, found.delivered) == (1, 8)
    assert found.opened == Deed(people=3, total=4, machine_people=2, machine_total=2)
    assert found.clicked == Deed(people=2, total=4, machine_people=1, machine_total=2)
    assert (found.unsubscribed, found.complained) == (Deed(1, 1), Deed(1, 1))
    assert found.bounces == (Bounce("unknown_user", "hard_bounce", False, 1),)
    assert set(found.reasons) == {Reason("failed", "unknown_user", 1), Reason("withheld", "unsubscribed", 1)}
    shares = {each.name: (each.part, each.whole, each.share) for each in found.rates}
    assert shares["opened"] == (3, 8, 0.375) and shares["clicked_of_opened"] == (2, 3, 0.666667)
    assert shares["delivered"] == (8, 10, 0.8) and shares["bounced"] == (1, 10, 0.1)

    links = results_by_link(*who, campaign.campaign_id)
    assert [(each.link, each.url, each.donation) for each in links[:2]] == [
        (0, "https://lake.example/read", False), (1, "https://lake.example/give", True),
    ]  # fmt: skip
    assert [each.clicked for each in links] == [Deed(2, 3, 1, 1), Deed(1, 1), Deed(0, 0, 1, 1)]

    hours = results_over_time(*who, scope, zone="UTC")
    assert [(each.begins_at, each.opens, each.clicks, each.machine_opens) for each in hours] == [
        (AT, 3, 4, 2), (AT + timedelta(hours=2), 1, 0, 0),
    ]  # fmt: skip
    assert (hours[0].unsubscribes, hours[0].complaints, hours[0].hard_bounces) == (1, 1, 1)
    [day] = results_over_time(*who, scope, step="day", zone="America/New_York")
    assert day.opens == 4 and str(day.begins_at) == "2027-01-04 00:00:00-05:00"

    keep_domains()
    for _kept in (False, True):
        lake, shore = results_by_domain(*who, scope).rows
        assert (lake.domain, lake.accepted, lake.opened, lake.clicked, lake.unsubscribed) == (
            "lake.example",
            6,
            3,
            2,
            1,
        )
        assert (shore.domain, shore.accepted, shore.hard_bounced, shore.complained) == ("shore.example", 3, 1, 1)
        assert (lake.machine_opened, lake.machine_clicked) == (2, 1)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM domain_chunk")
    [most, others] = results_by_domain(*who, scope, limit=1).rows
    assert (most.domain, others.domain, others.accepted) == ("lake.example", "", 3)


def test_a_sender_unit_joint_sender_and_account_add_up_their_campaigns(campaign, tmp_path):
    author = campaign.author
    other = sent(author, begun_at=AT + timedelta(days=40))
    who = (author.actor, campaign.account_id)
    assert results(*who, Scope()).campaigns == 2 and results(*who, Scope()).audience == 24
    assert results(*who, Scope(identity_id=author.identity_id)).accepted == 18
    assert results(*who, Scope(unit_id=author.tenant.unit_id)).opened == Deed(3, 4, 2, 2)
    early = Scope(until=AT + timedelta(days=1))
    assert results(*who, early).campaigns == 1 and results(*who, early).last_begun_at == AT
    assert count_by_domain() == 2 and count_by_domain() == 0
    assert [(each.domain, each.accepted) for each in results_by_domain(*who, Scope()).rows] == [
        ("lake.example", 12), ("shore.example", 6),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        results(*who, Scope(campaign_id=other.campaign_id, unit_id=1))


def test_other_accounts_and_units_see_nothing_of_it(campaign):
    mallory = make_author("mallory", owner="Mallory")
    ben = make_person(campaign.account_id, "Ben", "sender", unit_id=campaign.author.tenant.unit_id)
    assert results(ben, campaign.account_id, Scope(campaign_id=campaign.campaign_id)).accepted == 9
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dispatch SET unit_id = 999")
    number = campaign.campaign_id
    one = Scope(campaign_id=number)
    own, foreign = campaign.account_id, mallory.account_id
    for who in ((mallory.actor, foreign), (mallory.actor, own), (ben, own)):
        for look in (
            partial(results, *who, one),
            partial(results_by_link, *who, number),
            partial(results_over_time, *who, one),
            partial(results_by_domain, *who, one),
            partial(link_map, *who, number),
            partial(results, *who, Scope(unit_id=999)),
        ):
            with pytest.raises(NotFound):
                look()
    with pytest.raises(NotFound):
        results(mallory.actor, mallory.account_id, Scope(identity_id=campaign.author.identity_id))
    assert results(mallory.actor, mallory.account_id, Scope()).opened == Deed(0, 0)


def test_cadence_of_569_mails_in_64_days_and_four_in_a_morning():
    author = make_author("victory")
    begin, end = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2027, 1, 6, 3, tzinfo=UTC)
    times = [begin + (end - begin) * n / 564 for n in range(565)]
    times += [datetime(2027, 1, 5, 14, minute, tzinfo=UTC) for minute in (1, 17, 30, 55)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
            " unit_id, sending_domain, audience_size, frozen_at, latest_at)"
            " VALUES (%s, %s, 'finished', %s, 1, %s, 1, 1, 'a.example', 20, %s, %s)",
            [(author.account_id, n, at, author.identity_id, at, at) for n, at in enumerate(times, 1)],
        )
    found = cadence(author.actor, author.account_id, Scope(), zone="America/New_York")
    assert (found.campaigns, found.days, sum(each.campaigns for each in found.intervals)) == (569, 64, 569)
    assert len(found.intervals) == 64 and found.campaigns_per_day == 8.89
    assert found.busiest_hour.campaigns >= 4 and str(found.busiest_hour.begins_at) == "2027-01-05 09:00:00-05:00"
    hours = cadence(author.actor, author.account_id, Scope(since=datetime(2027, 1, 5, 14, tzinfo=UTC)), step="hour")
    assert hours.intervals[0].campaigns >= 4 and hours.intervals[0].recipients == 20 * hours.intervals[0].campaigns


def test_the_map_lays_numbers_over_links_and_runs_nothing(campaign):
    page = link_map(campaign.author.actor, campaign.account_id, campaign.campaign_id)
    assert "2 · 66.7 %" in page and "1 · 33.3 %" in page and 'title="https://lake.example/give"' in page
    assert 'href="https://lake' not in page and "Content-Security-Policy" in page and "<script" not in page


def test_commands_print_lines_json_csv_and_charts(campaign, tmp_path, monkeypatch, capsys, database_url):
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*arguments, status=0):
        capsys.readouterr()
        assert entry.run(["results", *arguments]) == status, capsys.readouterr()
        return capsys.readouterr().out

    name = campaign.name
    assert json.loads(run("campaign", name, "--json"))["opened"]["people"] == 3
    assert "37.50 %" in run("campaign", str(campaign.campaign_id))
    file = tmp_path / "links.csv"
    run("links", name, "--csv", str(file))
    assert list(csv.DictReader(file.open()))[1]["url"] == "https://lake.example/give"
    for command in (["campaign", name], ["links", name], ["over-time", "--campaign", name], ["domains"], ["cadence"]):
        drawn = tmp_path / "chart.svg"
        run(*command, "--chart", str(drawn))
        assert ElementTree.fromstring(drawn.read_text()).tag.endswith("svg")
    run("over-time", "--by", "day", "--chart", str(tmp_path / "chart.html"))
    assert "<svg" in (tmp_path / "chart.html").read_text() and "<table" in (tmp_path / "chart.html").read_text()
    run("account", "--chart", str(tmp_path / "chart.pdf"), status=2)
    assert json.loads(run("sender", str(campaign.author.identity_id), "--json"))["campaigns"] == 1
    assert (
        json.loads(run("unit", str(campaign.author.tenant.unit_id), "--from", "2027-01-05", "--json"))["campaigns"] == 0
    )
    run("map", name, "--out", str(tmp_path / "map.html"))
    run("joint-sender", "9", status=1)


def test_a_cell_is_no_formula():
    out = io.StringIO()
    write_csv(Table("x", ("url", "n"), (("=cmd|' /C calc'!A0", -3), ("@a", None))), out)
    assert out.getvalue().splitlines()[1:] == ["'=cmd|' /C calc'!A0,-3", "'@a,"]


def key_of(author):
    everything = sorted(author.actor.capabilities)
    return create_api_key(**author.who, name="site", capabilities=everything)


def test_the_api_answers_in_every_form(campaign):
    key = key_of(campaign.author)
    program = Program(key.key, campaign.account_id)

    def raw(path, **headers):
        given = {"Authorization": f"Bearer {program.key}", "Host": HOST, **headers}
        return program.client.get(program.path(path), headers=given)

    one = f"campaigns/{campaign.campaign_id}/results"
    assert program.get(one).data["clicked"] == {"people": 2, "total": 4, "machine_people": 1, "machine_total": 2}
    assert [each["link"] for each in program.get(f"{one}/links").data] == [0, 1, -2]
    assert program.get("results").data["of"] == "account"
    assert program.get("results/domains?limit=1").data["rows"][0]["accepted"] == 6
    assert program.get("results/over-time?by=day").data[0]["opens"] == 4
    assert program.get("results/cadence").data["campaigns"] == 1
    rows = list(csv.reader(io.StringIO(b"".join(raw(one, Accept="text/csv").streaming_content).decode())))
    assert ["opened", "3", "8", "0.375", "4"] in rows
    drawn = raw(f"{one}/links?format=svg")
    assert drawn["Content-Type"] == "image/svg+xml" and ElementTree.fromstring(drawn.content) is not None
    shown = raw("results/cadence?format=html")
    assert b"<table" in shown.content and "default-src 'none'" in shown["Content-Security-Policy"]
    mapped = raw(f"{one}/map")
    assert mapped["Content-Security-Policy"].startswith("sandbox;") and b"66.7 %" in mapped.content
    mallory = make_author("mallory", owner="Mallory")
    other = key_of(mallory)
    for path in (one, f"{one}/links", f"{one}/map"):
        assert Program(other.key, mallory.account_id).get(path).status_code == 404
        assert Program(other.key, campaign.account_id).get(path).status_code == 404
