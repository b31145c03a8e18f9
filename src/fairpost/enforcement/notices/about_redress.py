"""The part of a notice that says what still works, what becomes of queued mail, and how to get redress."""

from __future__ import annotations

from collections.abc import Iterator

from fairpost.enforcement.notices.facts import OVER, MeasureFacts, NoticeFacts
from fairpost.enforcement.notices.page import Section
from fairpost.enforcement.notices.words import Words

ALWAYS = ("unsubscribe", "bounces", "export", "security", "donations", "appeal")
CUTS_LINKS = "cut_links"  # part of a mechanism


def works(_facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "works"))
    for each in ("outside", *ALWAYS):
        section.say(words.line(f"works_{each}"))
    return section


def mail(facts: NoticeFacts, words: Words) -> Section:
    """What becomes of queued mail, of links in mail that was delivered, and of what is owed."""
    section = Section(words.say("heading", "mail"))
    for sentence in dict.fromkeys(queue(facts, words)):
        section.say(sentence)
    cut = any(each.mechanism.get(CUTS_LINKS) for each in facts.measures)
    section.say(words.line("links_cut" if cut else "links_live"))
    ends = any(each.kind == "terminate" for each in facts.measures)
    section.say(words.line("billing_ends" if ends else "billing"))
    return section


def queue(facts: NoticeFacts, words: Words) -> Iterator[str]:
    said = False
    for measure in () if facts.why in OVER else facts.measures:
        for sentence in queue_of(measure, words):
            said = True
            yield sentence
    if facts.held and not said:
        said = True
        yield words.line("queue_review")
    if not said:
        yield words.line("queue_none")


def queue_of(measure: MeasureFacts, words: Words) -> Iterator[str]:
    if measure.withholds:
        yield words.line("queue_withheld")
    if measure.asks_review:
        yield words.line("queue_review")
    if measure.kind == "limit":
        yield words.line("queue_limit")
    match measure.mechanism.get("queue"):
        case "hold":
            yield words.line("queue_hold", hours=measure.mechanism.get("hold_hours", 72))
        case "return":
            yield words.line("queue_return")
        case "expire":
            yield words.line("queue_expire")


def appeal(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "appeal"))
    if facts.why == "appeal_decided":
        section.say(words.line("appeal_further"))
        return section
    ways = facts.ways
    section.say(words.line("appeal_how", command=ways.appeal_command, api=ways.appeal_api, contact=ways.contact))
    if facts.appeal_by:
        section.say(words.line("appeal_by", at=facts.appeal_by))
    section.say(words.line("appeal_who"))
    section.say(words.line("appeal_effect"))
    section.say(words.line("appeal_stay", option=ways.stay_option))
    section.say(words.line("appeal_times"))
    return section


def redress(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "redress"))
    section.say(words.line("redress_courts"))
    section.say(words.line("redress_bodies"))
    if facts.outside_redress:
        section.quote(facts.outside_redress)
    return section


def contact(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "contact"))
    ways = facts.ways
    section.say(words.line("contact", contact=ways.contact))
    if ways.read_url:
        section.say(words.line("read_here", url=ways.read_url), ways.read_url)
    if ways.show_command:
        section.say(words.line("in_account", command=ways.show_command))
    return section
