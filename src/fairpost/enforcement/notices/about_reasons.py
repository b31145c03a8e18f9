"""The part of a notice that says why: rule, campaigns, facts, source, machines, strike."""

from __future__ import annotations

from fairpost.enforcement.notices.facts import NoticeFacts
from fairpost.enforcement.notices.page import Section
from fairpost.enforcement.notices.words import Words
from fairpost.enforcement.policies.texts import chosen

NAMED_SOURCES = frozenset({"trusted_flagger", "authority"})  # who else reported something is not told


def rule(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "rule"), listed=False)
    for clause in facts.clauses:
        language = chosen(clause.texts, words.language)
        section.say(words.line("clause", label=clause.label, title=clause.texts[language]["title"]))
        if language != words.language:
            section.say(words.line("clause_language", language=language))
        section.quote(clause.texts[language]["text"])
        section.say(words.line("clause_link", url=clause.link), clause.link)
    if facts.legal_ground:
        section.say(words.line("ground", text=facts.legal_ground))
    return section


def campaigns(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "campaigns"))
    for each in facts.campaigns:
        section.say(words.line("campaign", campaign=each))
    for each in facts.held_now:
        section.say(words.line("held_now", campaign=each))
    if not facts.campaigns and not facts.held_now:
        section.say(words.line("no_campaigns"))
    return section


def what_happened(facts: NoticeFacts, words: Words) -> Section:
    """The facts as they were written, marked so that they can pass for nothing else in the notice."""
    section = Section(words.say("heading", "facts"), listed=False)
    section.quote(facts.facts)
    section.say(words.line("facts_language"))
    return section


def quotation(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "quoted"), listed=False)
    section.quote(facts.quoted)
    return section


def source(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "source"))
    section.say(words.name("source", facts.source))
    if facts.source_identity and facts.source in NAMED_SOURCES:
        section.say(words.line("source_identity", name=facts.source_identity))
    return section


def automation(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "automation"))
    section.say(words.say("automation", "detected" if facts.automated_detection else "not_detected"))
    section.say(words.say("automation", facts.automated_decision))
    return section


def strike(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "strike"))
    if not any(each.strike for each in facts.measures):
        section.say(words.line("no_strike"))
    else:
        if facts.strike_names:
            section.say(words.line("strike", names=", ".join(facts.strike_names)))
        else:
            section.say(words.line("strike_you"))
        if facts.strike_expires_at:
            section.say(words.line("strike_expires", at=facts.strike_expires_at))
        section.say(words.line("strike_void"))
    steps = [each.mechanism["next_step"] for each in facts.measures if "next_step" in each.mechanism]
    for each in steps:
        section.say(words.line("next_step", text=each))
    if not steps:
        section.say(words.line("no_next_step"))
    return section
