"""The part of a notice that says what is restricted, how, where, and from when until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fairpost.enforcement.notices.facts import CoverageFacts, Line, MeasureFacts, NoticeFacts
from fairpost.enforcement.notices.page import Section
from fairpost.enforcement.notices.words import Words

NAMED_ELSEWHERE = {"hold_hours"}  # said where it is said what becomes of queued mail


def what(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "what"))
    for measure in facts.measures:
        section.say(words.line("measure", measure=measure.number, kind=words.name("kind", measure.kind)))
        section.say(words.line("state", state=words.name("state", measure.state)))
        for kind, names in measure.selected:
            section.say(words.line("scope", kind=words.name("thing", kind), values=", ".join(names)))
        for kind, names in measure.excluded:
            section.say(words.line("excluded", kind=words.name("thing", kind), values=", ".join(names)))
        for sentence in mechanism(measure, words):
            section.say(sentence)
        section.say(words.line("machine", json=machine_form(measure)))
    return section


def mechanism(measure: MeasureFacts, words: Words) -> Iterator[str]:
    """How it works, a sentence for each part of the mechanism; a part without a sentence is named as it is."""
    for name, value in measure.mechanism.items():
        match name:
            case "next_step":
                yield words.line("next_step", text=value)
            case "acknowledge_by" | "due":
                yield words.line(name, at=moment_or_text(value))
            case "what":
                yield words.line("required", text=value)
            case "then":
                yield words.line("then", text=value)
            case "deadline_hours":
                default = words.name("default", str(measure.mechanism.get("default", "hold")))
                yield words.line("review_deadline", hours=value, default=default)
            case "per_hour" | "audience":
                yield words.line(name, number=value)
            case "capability":
                yield words.line("switched_off", capability=words.name("capability", str(value)))
            case "notice_days" | "export_days":
                yield words.line(name, days=value)
            case "default" | "queue":
                pass  # said with the deadline, and with queued mail
            case _ if name not in NAMED_ELSEWHERE:
                yield words.line("other_mechanism", name=name, value=value)


def moment_or_text(value: Any) -> Any:
    """A time of a mechanism, which is JSON; what somebody wrote in other words stays as it is."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return value
    return at if at.tzinfo is not None else value


def machine_form(measure: MeasureFacts) -> str:
    whole = {
        "measure": measure.number,
        "kind": measure.kind,
        "mechanism": dict(measure.mechanism),
        "scope": dict(measure.scope),
        "duration": measure.duration.to_json(),
    }
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str)


def covered(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "covered"))
    for coverage, number in coverages(facts):
        for sentence in unique(told(each, words) for each in coverage.covered):
            section.say(number + sentence)
        if coverage.others:
            section.say(number + words.line("others", number=coverage.others))
        if coverage.territory:
            section.say(number + words.say("why", "territory", attribute=coverage.territory))
        section.say(
            number
            + words.line("counts", scheduled=coverage.scheduled, running=coverage.running, contacts=coverage.contacts)
        )
    return section


def not_covered(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "not_covered"))
    for coverage, number in coverages(facts):
        for sentence in unique(told(each, words) for each in coverage.not_covered):
            section.say(number + sentence)
        if not coverage.not_covered:
            section.say(number + words.line("nobody"))
    return section


def coverages(facts: NoticeFacts) -> Iterator[tuple[CoverageFacts, str]]:
    """Each coverage with the number of its measure before it, where there are several."""
    several = len(facts.measures) > 1
    for measure in facts.measures:
        yield measure.coverage, f"{measure.number}: " if several else ""


def unique(sentences: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(sentences))


def told(line: Line, words: Words) -> str:
    why = words.name("why", line.why)
    if not line.name:
        return f"{words.name('thing', line.kind)}: {why}"
    return words.line("covered", kind=words.name("thing", line.kind), name=line.name, why=why)


def term(facts: NoticeFacts, words: Words) -> Section:
    section = Section(words.say("heading", "term"))
    for measure in facts.measures:
        number = f"{measure.number}: " if len(facts.measures) > 1 else ""
        for sentence in term_of(measure, words):
            section.say(number + sentence)
    if any(each.duration.earliest_end for each in facts.measures):
        section.say(words.line("any_time"))
    return section


def term_of(measure: MeasureFacts, words: Words) -> Iterator[str]:
    duration = measure.duration
    yield words.line("starts", at=measure.starts_at)
    if duration.kind == "instant":
        yield words.line("instant")
    if duration.earliest_end:
        yield words.line("earliest_end", at=duration.earliest_end)
    if duration.ends_at:
        yield words.line("ends" if duration.kind == "until" else "backstop", at=duration.ends_at)
    if duration.kind == "permanent":
        yield words.line("permanent")
    if duration.conditions:
        yield words.line("conditions", text=duration.conditions)
    if duration.verifier:
        yield words.line("verifier", text=duration.verifier)
    if duration.review_days:
        yield words.line("review_days", days=duration.review_days, at=measure.next_review or measure.starts_at)
    elif duration.review_at:
        yield words.line("review_at", at=duration.review_at)
    if duration.reapply_at:
        yield words.line("reapply", at=duration.reapply_at)
