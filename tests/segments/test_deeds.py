"""What contacts did is read as it is written, keeps its JSON form, and is told in words."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpost.kernel.errors import Invalid
from fairpost.segments.explanation import explain
from fairpost.segments.json_form import from_json, to_json
from fairpost.segments.limits import check_limits
from fairpost.segments.parser import parse
from fairpost.segments.sql import to_sql
from fairpost.segments.tree import (
    BY_MACHINE,
    DEEDS,
    EVER,
    Ago,
    And,
    Behaved,
    Campaigns,
    Compare,
    LastCampaigns,
    NamedCampaign,
    Not,
    OneOf,
    Or,
    Period,
)

SPRING = Campaigns((NamedCampaign("Spring"),))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('received campaign "Spring"', Behaved("received", SPRING)),
        ('Unsubscribed from Campaign "Spring"', Behaved("unsubscribed", SPRING)),
        ("opened any of last 5 campaigns", Behaved("opened", LastCampaigns(5))),
        ("opened any of the last 1 campaign", Behaved("opened", LastCampaigns(1))),
        ("did not click in last 30 days", Not(Behaved("clicked", Period(Ago(30))))),
        ("did not receive any in the last 2 weeks", Not(Behaved("received", Period(Ago(14))))),
        ("not received any in last month", Not(Behaved("received", Period(Ago(30))))),
        ('clicked link 3 of campaign "Spring"', Behaved("clicked", SPRING, link=3)),
        ('did not click by machine link 0 of campaign "Spring"', Not(Behaved("clicked", SPRING, 0, True))),
        ("opened by machine", Behaved("opened", machine=True)),
        ("opened by person ever", Behaved("opened", EVER)),
        ("donated between 2026-01-01 and 2026-02-01", Behaved("donated", Period(date(2026, 1, 1), date(2026, 2, 1)))),
        ("donated since 3 weeks ago", Behaved("donated", Period(Ago(21)))),
        ("complained until today", Behaved("complained", Period(last=Ago(0)))),
        ("bounced", Behaved("bounced")),
        (
            'opened any of campaigns ("A", "B") or not unsubscribed',
            Or((Behaved("opened", Campaigns((NamedCampaign("A"), NamedCampaign("B")))), Not(Behaved("unsubscribed")))),
        ),
        (
            'opened any of the last 5 campaigns and did not donate and city = "Rome"',
            And((Behaved("opened", LastCampaigns(5)), Not(Behaved("donated")), Compare("city", "=", "Rome"))),
        ),
        # Attributes may be called so.
        ("donated = 3", Compare("donated", "=", Decimal(3))),
        ('opened in ("a")', OneOf("opened", ("a",))),
        ("[donated] on 2026-01-01", Compare("donated", "=", date(2026, 1, 1))),
        ("did = 1", Compare("did", "=", Decimal(1))),
    ],
)
def test_each_form(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("donated before 2026-01-01", 9, "not clear whether donated"),
        ("did not vote", 9, "receive, open, click"),
        ("opened campaign Spring", 17, "name in quotes"),
        ("opened any of last campaigns", 20, "whole number"),
        ("opened any of last -5 campaigns", 20, "whole number"),
        ("opened any of last 5", 21, "campaigns"),
        ("opened any", 11, "period"),
        ("opened in last 30", 18, "days, weeks"),
        ("opened between 2026-01-01", 26, "and"),
        ("opened by nobody", 11, "machine or person"),
        ("clicked link 3", 15, "of"),
        ("opened since tomorrow", 14, "a day"),
        ('opened any of campaigns ("A" "B")', 30, "comma"),
    ],
)
def test_a_fault_is_named_with_its_place(text, place, words):
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert f"at character {place}:" in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "donated by machine",
        'opened link 3 of campaign "A"',
        'clicked link 3 of any of campaigns ("A", "B")',
        "clicked link 3 of any of last 5 campaigns",
        'clicked link 99999 of campaign "A"',
        "opened any of last 0 campaigns",
        "opened any of last 101 campaigns",
        "donated between 2026-02-01 and 2026-01-01",
        "opened in last 999999 years",
        'opened campaign "' + "a" * 1_001 + '"',
        "opened any of campaigns (" + ", ".join(['"A"'] * 101) + ")",
        " and ".join(["opened"] * 300),
    ],
)
def test_what_cannot_be_asked_is_refused(text):
    with pytest.raises(Invalid):
        parse(text)


days = st.sampled_from([date(2024, 1, 31), date(2026, 5, 17), Ago(0), Ago(30), Ago(-5)])
numbers = st.none() | st.integers(1, 9)
campaigns = st.builds(NamedCampaign, st.text(max_size=9), numbers)
scopes = st.one_of(
    st.builds(Campaigns, st.lists(campaigns, min_size=1, max_size=3).map(tuple)),
    st.builds(LastCampaigns, st.integers(1, 100), numbers),
    st.builds(Period, st.none() | days, st.none() | days),
)
deeds = st.builds(Behaved, st.sampled_from(DEEDS), scopes, numbers, st.booleans())


@given(deeds)
def test_json_there_and_back_and_words_for_both_sides(deed):
    try:
        check_limits(deed)
    except Invalid:
        return
    for tree in (deed, Not(deed), And((deed, Not(deed)))):
        assert from_json(json.loads(json.dumps(to_json(tree)))) == tree
    assert explain(deed) != explain(Not(deed))
    assert (explain(deed) != explain(Behaved(deed.did, deed.scope, deed.link))) == deed.machine


def test_only_openings_and_clicks_have_machines():
    for did in DEEDS:
        if did in BY_MACHINE:
            assert "machine" in explain(Behaved(did, EVER, None, True))
        else:
            with pytest.raises(Invalid):
                check_limits(Behaved(did, EVER, None, True))


@pytest.mark.parametrize(
    "data",
    [{"did": "opened"}, {"did": "voted", "link": None, "machine": False, "last": 5, "unit": None},
     {"did": "opened", "link": "1", "machine": False, "last": 5, "unit": None},
     {"did": "opened", "link": None, "machine": 1, "last": 5, "unit": None},
     {"did": "opened", "link": None, "machine": False, "last": True, "unit": None},
     {"did": "opened", "link": None, "machine": False, "last": 500, "unit": None},
     {"did": "opened", "link": None, "machine": False, "campaigns": []},
     {"did": "opened", "link": None, "machine": False, "campaigns": [{"campaign": "x", "id": "1 OR 1=1"}]},
     {"did": "opened", "link": None, "machine": False, "campaigns": [{"campaign": 3, "id": 3}]},
     {"did": "opened", "link": None, "machine": False, "period": ["today", None]},
     {"did": "opened", "link": None, "machine": False, "period": [None]}],
)  # fmt: skip
def test_json_that_is_no_deed_is_refused(data):
    with pytest.raises(Invalid):
        from_json(data)


def test_a_deed_is_never_sql():
    with pytest.raises(TypeError):
        to_sql(And((Compare("a", "=", "b"), Behaved("opened"))), date(2026, 5, 17))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('opened campaign "A"', 'opened a mail in the campaign "A"'),
        ("did not open any of last 5 campaigns", "did not open a mail in any of the last 5 campaigns"),
        ("donated between 2026-01-01 and today", "donated from 2026-01-01 to the current day"),
        ("not donated", "did not donate at any time"),
        ("clicked in last 30 days", "clicked a link in the last 30 days"),
        ('clicked link 3 of campaign "A"', 'clicked link 3 in the campaign "A"'),
    ],
)
def test_words(text, words):
    assert explain(parse(text)) == words
