"""Turns facts into a notice: subject, plain text and HTML in one language, the same facts always the same words."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.enforcement.notices import about_measures, about_reasons, about_redress
from fairpost.enforcement.notices.facts import OVER, HeldFacts, NoticeFacts
from fairpost.enforcement.notices.page import Section, as_html, as_text
from fairpost.enforcement.notices.words import Words, words_of


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice as it is sent and kept. `subject` is one line; `html` is a page that needs nothing else."""

    language: str
    subject: str
    text: str
    html: str


def render(facts: NoticeFacts, language: str) -> Rendered:
    """The notice in this language. Raises Conflict where there are no notices in it."""
    words = words_of(language, facts.zone)
    subject = subject_of(facts, words)
    opening = [words.say("intro", facts.why, decision=facts.decision, at=facts.at, **extras(facts))]
    sections = sections_of(facts, words)
    return Rendered(
        words.language,
        subject,
        as_text(subject, opening, sections),
        as_html(subject, opening, sections, words.language),
    )


def subject_of(facts: NoticeFacts, words: Words) -> str:
    return words.say("subject", facts.why, decision=facts.decision, what=headline(facts, words), **extras(facts))


def extras(facts: NoticeFacts) -> dict[str, str]:
    return {"appeal": facts.happened.appeal, "campaign": facts.held.campaign if facts.held else ""}


def headline(facts: NoticeFacts, words: Words) -> str:
    return ", ".join(dict.fromkeys(words.name("kind", each.kind) for each in facts.measures))


def sections_of(facts: NoticeFacts, words: Words) -> list[Section]:
    """Everything that a notice says, in its order. What is over keeps only what still matters of it."""
    found = [about(facts, words)]
    if facts.held:
        found.append(held(facts.held, words))
    if facts.why not in ("decision", "addendum"):
        found.append(happened(facts, words))
    if facts.measures:
        found += [
            about_measures.what(facts, words),
            about_measures.covered(facts, words),
            about_measures.not_covered(facts, words),
            about_measures.term(facts, words),
            about_reasons.rule(facts, words),
            about_reasons.campaigns(facts, words),
            about_reasons.what_happened(facts, words),
            about_reasons.quotation(facts, words),
            about_reasons.source(facts, words),
            about_reasons.automation(facts, words),
            *([] if facts.why in OVER else [about_reasons.strike(facts, words)]),
        ]
    return [
        *found,
        about_redress.works(facts, words),
        about_redress.mail(facts, words),
        *([] if facts.why in OVER else [about_redress.appeal(facts, words)]),
        about_redress.redress(facts, words),
        about_redress.contact(facts, words),
    ]


def about(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "about"))
    section.say(words.line("to", name=facts.recipient))
    if facts.care_of:
        section.say(words.line("care", name=facts.recipient, account=facts.care_of))
    if facts.decision:
        section.say(words.line("decision", decision=facts.decision))
        section.say(words.line("url", url=facts.ways.decision_url), facts.ways.decision_url)
    return section


def happened(facts: NoticeFacts, words: Words) -> Section:
    """The later act: which measures, with what outcome, why, until when."""
    section = Section(words.say("heading", "happened"))
    act = facts.happened
    if act.measures:
        section.say(words.line("concerned", measures=", ".join(act.measures)))
    for measure, outcome, reason in act.rulings:
        number = f"{measure}: " if measure else ""
        section.say(number + words.line("outcome", outcome=words.name("outcome", outcome)))
        section.quote(reason)
    if act.until:
        section.say(words.line("until", at=act.until))
    if act.until_appeal:
        section.say(words.line("until_appeal"))
    if act.within:
        section.say(words.line("stayed_within", values=", ".join(act.within)))
    if act.replaced_by:
        section.say(words.line("replaced_by", decision=act.replaced_by))
    if act.reason:
        section.say(words.line("reason", text=act.reason))
    return section


def held(campaign: HeldFacts, words: Words) -> Section:
    """Why a campaign is held and until when; the same for one that a person has reviewed."""
    section = Section(words.say("heading", "held"))
    section.say(words.line("review_state", state=words.name("state", campaign.state)))
    for force, kind, decision, url in campaign.reasons:
        name = words.name("kind", kind)
        if decision:
            section.say(words.line("held_because", force=force, kind=name, decision=decision, url=url))
        else:
            section.say(words.line("held_force", force=force, kind=name))
    if campaign.state == "held":
        if campaign.due_at:
            default = words.name("default", campaign.on_time_out or "hold")
            section.say(words.line("held_due", at=campaign.due_at, default=default))
        else:
            section.say(words.line("held_open"))
    if campaign.reason:
        section.say(words.line("reason", text=campaign.reason))
    return section
