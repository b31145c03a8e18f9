"""A notice says everything that it owes, in every language, and nobody's words can be taken for ours."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from tests.builders.notices import AT, CLAUSE, made_of, make_facts, make_measure

from fairpost.enforcement.catalogue.durations import Duration
from fairpost.enforcement.notices.facts import ClauseFacts, CoverageFacts, Line, Why
from fairpost.enforcement.notices.render import render
from fairpost.enforcement.notices.words import LANGUAGES, tables_of, words_of

ALL_KINDS = list(Why.__args__)


def flat(text: str) -> str:
    """Without the marks and breaks of the layout."""
    return " ".join(re.sub(r"^(> ?)?(- )?", "", text, flags=re.MULTILINE).split())


class Reader(HTMLParser):
    """Collects what a reader sees, every element and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "title" not in self.open:
            self.seen.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def required(language: str) -> dict[str, str]:
    """What section "The notice" of the model asks for, as it must stand in this language."""
    words = words_of(language, "Europe/Rome")
    facts = make_facts()
    measure = facts.measures[0]
    say = words.line
    thing = words.name("thing", "account")
    left_out = words.name("why", measure.coverage.not_covered[0].why)
    works = ("unsubscribe", "bounces", "export", "security", "donations", "appeal", "outside")
    api = "https://platform.example/api/v1/accounts/3/appeals"
    return {
        "decision id": say("decision", decision="D-17"),
        "what is restricted": say("measure", measure="M-12", kind=words.name("kind", "block_class")),
        "where": say("scope", kind=words.name("thing", "content_class"), values="combative@1"),
        "how, for machines": '"content_class": ["combative@1"]',
        "covered": say("covered", kind=thing, name="National Committee", why=words.name("why", "inside the scope")),
        "others covered": say("others", number=3),
        "not covered": say("covered", kind=thing, name="State Party", why=left_out),
        "campaigns and contacts": say("counts", scheduled=5, running=1, contacts=123456),
        "territory": words.say("why", "territory", attribute="country"),
        "start": say("starts", at=measure.starts_at),
        "end at the earliest": say("earliest_end", at=measure.duration.earliest_end),
        "end at the latest": say("backstop", at=measure.duration.ends_at),
        "review": say("review_days", days=14, at=measure.next_review),
        "conditions": say("conditions", text="calm is back"),
        "clause@version": say("clause", label="violence@2", title=CLAUSE.get(language, CLAUSE["en"])["title"]),
        "link of the clause": "https://platform.example/policy/violence/2",
        "excerpt of the clause": CLAUSE.get(language, CLAUSE["en"])["text"].splitlines()[0],
        "quoted excerpt": "fight like hell",
        "campaign ids": say("campaign", campaign="3/88"),
        "facts": "The mail called readers to fight.",
        "source": words.name("source", "trusted_flagger"),
        "who reported": say("source_identity", name="Watch Office"),
        "automation in detection": words.say("automation", "detected"),
        "automation in decision": words.say("automation", "partial"),
        "strike": say("strike", names="National Committee"),
        "next step": say("no_next_step"),
        **{f"still works: {each}": say(f"works_{each}") for each in works},
        "queued mail": say("queue_withheld"),
        "links": say("links_live"),
        "billing": say("billing"),
        "how to appeal": say(
            "appeal_how", command="fairpost appeal file D-17", api=api, contact="appeals@platform.example"
        ),
        "by when": say("appeal_by", at=facts.appeal_by),
        "who reviews": say("appeal_who"),
        "effect of an appeal": say("appeal_effect"),
        "how to ask for a stay": say("appeal_stay", option="--stay"),
        "outside redress": "Board of Disputes, 1 Long Street",
        "courts": say("redress_courts"),
        "contact": say("contact", contact="appeals@platform.example"),
        "legal ground": say("ground", text="Article 14"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_a_notice_owes_is_in_both_forms(language):
    notice = render(make_facts(), language)
    text, page = flat(notice.text), " ".join(" ".join(read(notice.html).seen).split())
    items = required(language)
    assert [name for name, wanted in items.items() if flat(wanted) not in text] == []
    assert [name for name, wanted in items.items() if " ".join(wanted.split()) not in page] == []
    assert "D-17" in notice.subject
    assert notice.language == language
    assert f'<html lang="{language}">' in notice.html


@pytest.mark.parametrize("why", ALL_KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_notice_can_be_written_in_every_language(language, why):
    facts = made_of(why)
    notice = render(facts, language)
    assert "{" not in notice.subject
    for form in (notice.text, unescape(notice.html)):
        assert "appeals@platform.example" in form
        assert tables_of(language)["line"]["works_unsubscribe"] in " ".join(form.split()).replace("> ", "")
    held = why.startswith("campaign_")
    assert ("3/88" if held else "D-17") in notice.subject
    if not held and why not in ("decision", "addendum"):
        assert "The board asked for it." in flat(notice.text)
    words = read(notice.html).seen
    assert flat(notice.text).count("M-12") == " ".join(words).count("M-12")


@pytest.mark.parametrize("why", ["lifted", "overturned", "superseded"])
def test_what_is_over_asks_for_no_appeal(why):
    notice = render(made_of(why), "en")
    assert "How to appeal" not in notice.text
    assert tables_of("en")["line"]["queue_none"] in flat(notice.text)


def test_both_forms_say_the_same_words():
    for why in ALL_KINDS:
        notice = render(made_of(why), "de")
        plain = re.sub(r"^[=-]+$", "", notice.text, flags=re.MULTILINE)
        assert flat(plain) == flat("\n".join(read(notice.html).seen)), why


def test_times_are_told_in_the_accounts_zone_and_in_utc():
    summer = replace(make_facts(), at=datetime(2021, 7, 1, 22, 15, tzinfo=UTC))
    assert "2 July 2021, 00:15 in Europe/Rome (UTC+02:00), that is 1 July 2021, 22:15 UTC" in flat(
        render(summer, "en").text
    )
    winter = replace(summer, at=datetime(2021, 12, 31, 23, 59, tzinfo=UTC), zone="America/New_York")
    said = flat(render(winter, "fr").text)
    assert (
        "31 décembre 2021, 18:59 dans le fuseau America/New_York (UTC-05:00), soit 31 décembre 2021, 23:59 UTC" in said
    )
    half = replace(summer, zone="Asia/Kolkata")
    assert "2. Juli 2021, 03:45 Uhr in der Zone Asia/Kolkata (UTC+05:30)" in flat(render(half, "de").text)
    universal = replace(summer, zone="UTC")
    assert "decision D-17 of 1 July 2021, 22:15 UTC." in flat(render(universal, "en").text)
    assert "1er juillet 2021, 22:15 UTC" in flat(render(universal, "fr").text)


@pytest.mark.parametrize(
    ("duration", "wanted"),
    [
        (Duration("until", ends_at=AT.replace(month=3), review_at=AT.replace(month=2)), ["ends", "review_at"]),
        (
            Duration("until_condition", conditions="x", verifier="the court", ends_at=AT.replace(month=3)),
            ["conditions", "verifier", "backstop"],
        ),
        (Duration("permanent", reapply_at=AT.replace(year=2022)), ["permanent", "reapply"]),
        (Duration("instant"), ["instant"]),
    ],
)
def test_each_kind_of_term_says_what_it_is(duration, wanted):
    text = flat(render(make_facts(measures=(make_measure(duration=duration),)), "en").text)
    for key in wanted:
        assert tables_of("en")["line"][key].partition("{")[0].strip() in text


@pytest.mark.parametrize(
    ("mechanism", "wanted"),
    [
        (
            {"next_step": "suspension", "acknowledge_by": "2021-02-01T00:00:00+00:00"},
            ["What follows if it happens again: suspension", "acknowledge this notice by 1 February 2021"],
        ),
        (
            {"what": "proof of consent", "due": "2021-02-01T00:00:00+00:00", "then": "a limit"},
            ["What is required: proof of consent", "By: 1 February 2021", "What follows otherwise: a limit"],
        ),
        ({"deadline_hours": 2, "default": "release"}, ["within 2 hours", "it is released"]),
        ({"per_hour": 500, "audience": 1000}, ["At most 500 messages an hour", "At most 1000 recipients a campaign"]),
        ({"capability": "fundraising"}, ["Switched off: fundraising"]),
        ({"queue": "hold", "hold_hours": 48}, ["What waits is kept for 48 hours"]),
        ({"queue": "return"}, ["given back to you as a draft"]),
        ({"queue": "expire"}, ["What waits is not sent later"]),
        ({"notice_days": 30, "export_days": 60}, ["30 days after this notice", "export your data for 60 days"]),
        ({"new_thing": "x"}, ["new_thing: x"]),
    ],
)
def test_each_mechanism_is_said_in_words(mechanism, wanted):
    text = flat(render(make_facts(measures=(make_measure(mechanism=mechanism),)), "en").text)
    for each in wanted:
        assert each in text


def test_a_clause_without_the_readers_language_is_quoted_in_english_and_says_so():
    only = ClauseFacts(
        "hate@1", "https://platform.example/policy/hate/1", {"en": {"title": "Hate", "text": "No hate."}}
    )
    text = flat(render(make_facts(clauses=(only,)), "de").text)
    assert "No hate." in text
    assert "nicht auf Deutsch veröffentlicht; sie wird in der Sprache „en“ zitiert" in text
    assert "nicht auf Deutsch" not in flat(
        render(make_facts(clauses=(replace(only, texts={"de": only.texts["en"]}),)), "de").text
    )


def test_who_reported_something_is_not_told():
    text = render(make_facts(source="report", source_identity="Zoe Neighbour"), "en").text
    assert "Zoe" not in text


# attacks


HOSTILE = (
    "<img src=x onerror=alert(1)>\r\nBcc: victim@example.org\r\n\r\n\u202eHow to appeal\n-------\n"
    "{decision} \u2028\x00\x1b[31m"
)


def hostile_facts():
    name = HOSTILE
    line = Line("account", name, "inside the scope")
    return make_facts(
        recipient=name,
        care_of=name,
        facts=HOSTILE,
        quoted=HOSTILE,
        legal_ground=name,
        outside_redress=HOSTILE,
        source_identity=name,
        strike_names=(name,),
        measures=(
            make_measure(
                mechanism={"next_step": name, HOSTILE: name},
                selected=(("account", (name,)),),
                coverage=CoverageFacts((line,), 0, (line,)),
                duration=Duration("until_condition", conditions=name, verifier=name, ends_at=AT),
                scope={"account": [name]},
            ),
        ),
        clauses=(ClauseFacts("violence@2", "javascript:alert(1)", {"en": {"title": name, "text": HOSTILE}}),),
        campaigns=(name,),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_quotations_stay_text(language):
    notice = render(hostile_facts(), language)
    page = read(notice.html)
    assert "img" not in page.tags and "script" not in page.tags
    assert {name for name, _value in page.attributes} <= {"lang", "charset", "name", "content", "href"}
    links = [value for name, value in page.attributes if name == "href"]
    assert links and all(each.startswith("https://platform.example/") for each in links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_cannot_add_a_header_or_a_line(language):
    facts = hostile_facts()
    for why in ("decision", "campaign_held"):
        held = replace(made_of("campaign_held").held, campaign=HOSTILE)
        notice = render(replace(facts, why=why, held=held if why == "campaign_held" else None), language)
        for form in (notice.subject, notice.text, notice.html):
            assert not set("\r\x00\x1b\u202e\u2028") & set(form)
        assert "\n" not in notice.subject
        assert not re.search(r"^Bcc:", notice.text, re.MULTILINE)


def test_somebody_elses_lines_can_pass_for_no_section_of_ours():
    text = render(hostile_facts(), "en").text
    assert re.findall(r"^How to appeal$", text, re.MULTILINE) == ["How to appeal"]
    assert re.findall(r"^> How to appeal$", text, re.MULTILINE)


def test_braces_in_a_value_are_not_filled():
    assert "{decision}" in render(hostile_facts(), "en").text


def test_nothing_is_fetched_or_counted():
    for language in LANGUAGES:
        html = render(make_facts(), language).html.lower()
        assert not re.search(r"<(img|script|link|iframe|style|form|object)|src=|url\(|@import|\bon\w+=", html)
