"""A request says of itself what it is: people's programs are people, and machines are told apart by their kind."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from fairpost.edge.agents import CLICKS, CODES, OPENS, Agents
from fairpost.events.kinds import APPLE, GATEWAY, HEAD, PERSON, PREFETCH, PROGRAM, PROXY

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0.0.0 Safari/537.36"
PEOPLE = [
    CHROME,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Thunderbird/125.0",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0.5134; ms-office)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36 [FBAN/EMA]",
]
MACHINES = [
    (OPENS, "Mozilla/5.0", APPLE),
    (OPENS, "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", PROXY),
    (OPENS, "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", PROXY),
    (CLICKS, "Microsoft Office Existence Discovery", GATEWAY),
    (CLICKS, "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", GATEWAY),
    (CLICKS, "Mozilla/5.0", PROGRAM),
    (CLICKS, "", PROGRAM),
    (CLICKS, "curl/8.5.0", PROGRAM),
    (CLICKS, "facebookexternalhit/1.1", PREFETCH),
    (CLICKS, f"{CHROME} BingPreview/1.0b", PREFETCH),
    (CLICKS, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/124.0.0.0 Safari/537.36", PROGRAM),
]


@pytest.mark.parametrize("sort", [OPENS, CLICKS])
def test_programs_of_people_are_people(sort):
    agents = Agents(sort)
    assert [agents.code("GET", {b"user-agent": each.encode()}) for each in PEOPLE] == [PERSON] * len(PEOPLE)


@pytest.mark.parametrize(("sort", "name", "code"), MACHINES)
def test_a_machine_is_told_by_its_name(sort, name, code):
    assert Agents(sort).code("GET", {b"user-agent": name.encode()} if name else {}) == code


def test_asking_for_the_head_or_ahead_is_no_person():
    agents, person = Agents(CLICKS), {b"user-agent": CHROME.encode()}
    assert agents.code("HEAD", person) == HEAD
    for header, value in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "Prefetch")]:
        assert agents.code("GET", {**person, header.encode(): value.encode()}) == PREFETCH


def test_names_without_end_fill_no_memory():
    agents = Agents(CLICKS)
    for number in range(5000):
        agents.code("GET", {b"user-agent": b"%d" % number + b"x" * 10_000})
    assert len(agents.known) <= 2048 and max(map(len, agents.known)) <= 400


def test_every_line_of_the_table_can_be_found():
    lines = list(csv.DictReader((files("fairpost.edge") / "agents.csv").read_text().splitlines()))
    for line in lines:
        assert line["machine"] in CODES and line["of"] in ("any", OPENS, CLICKS) and line["match"] in ("is", "contains")
        assert line["text"] == line["text"].lower() and line["who"]
        sort = OPENS if line["of"] == "any" else line["of"]
        assert Agents(sort).code("GET", {b"user-agent": line["text"].encode()}) != PERSON
