"""What a statement of the register says, in the reader's language: a title, then lines of a name and a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fairpost.enforcement.catalogue.durations import KINDS
from fairpost.enforcement.catalogue.measures import MEASURES
from fairpost.enforcement.naming import label
from fairpost.enforcement.scope.selector import SELECTORS
from fairpost.kernel.text import _, current_language, mark

Lines = list[tuple[str, str]]

TITLES = {
    "decided": mark("Decision {decision}"),
    "lifted": mark("{measure} was lifted"),
    "overturned": mark("{measure} was overturned"),
    "superseded": mark("{measure} was replaced by a later decision"),
    "stayed": mark("{measure} was stayed"),
    "stay_ended": mark("The stay of {measure} ended"),
    "coverage_extended": mark("The coverage of {decision} was extended"),
    "appeal_decided": mark("An appeal against {decision} was decided: {outcome}"),
}
OUTCOMES = {
    "upheld": mark("upheld"),
    "varied": mark("varied"),
    "overturned": mark("overturned"),
    "remanded": mark("to be decided anew"),
    "inadmissible": mark("inadmissible"),
}
SOURCES = {
    "report": mark("a report from outside"),
    "trusted_flagger": mark("a trusted reporter"),
    "own_initiative": mark("the platform's own initiative"),
    "authority": mark("a court or authority"),
    "machine": mark("an automatic sign"),
}
AUTOMATED = {
    "no": mark("by people"),
    "none": mark("by people"),
    "partial": mark("by people, with automatic means"),
    "partially": mark("by people, with automatic means"),
    "fully": mark("fully automatic"),
    "full": mark("fully automatic"),
}
GROUPS = {
    "organisations": mark("organisations"),
    "accounts": mark("accounts"),
    "units": mark("business units"),
    "identities": mark("sender identities"),
    "joint_senders": mark("joint senders"),
    "domains": mark("domains"),
}
TIMES = {
    "starts_at": mark("from {time}"),
    "earliest_end": mark("not before {time}"),
    "ends_at": mark("no longer than {time}"),
    "review_at": mark("reviewed on {time}"),
    "reapply_at": mark("may be applied for again from {time}"),
}


def title(kind: str, content: Mapping[str, Any], decision_id: int) -> str:
    """The headline; the amendment's is of the same kind as the decision's."""
    outcome = content.get("outcome", "")
    return _(TITLES[kind]).format(
        decision=label("decision", decision_id),
        measure=label("measure", content.get("measure") or 0),
        outcome=_(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome,
    )


def lines(kind: str, content: Mapping[str, Any]) -> Lines:
    """Everything else that it says."""
    return decided_lines(content) if kind == "decided" else amended_lines(content)


def decided_lines(content: Mapping[str, Any]) -> Lines:
    found: Lines = []
    for each in content["measures"]:
        found += measure_lines(each)
    for each in content["clauses"]:
        found.append((_("Rule"), _("{clause}: {title} ({url})").format(**each, title=clause_title(each["titles"]))))
    if content["legal_ground"]:
        found.append((_("Law"), content["legal_ground"]))
    if content["facts"]:
        found.append((_("Facts"), content["facts"]))
    found.append((_("Found through"), word(SOURCES, content["source"])))
    detection = _("automatic") if content["automated_detection"] else _("by people")
    found.append((_("Detection"), detection))
    found.append((_("Decision"), word(AUTOMATED, content["automated_decision"])))
    if content.get("supersedes"):
        found.append((_("Replaces"), label("decision", content["supersedes"])))
    return found


def measure_lines(each: Mapping[str, Any]) -> Lines:
    name = label("measure", each["measure"])
    found = [(name, _(MEASURES[each["kind"]].sentence))]
    if each["mechanism"]:
        found.append((_("How"), "; ".join(f"{key}: {value}" for key, value in sorted(each["mechanism"].items()))))
    found.append((_("Where"), "; ".join(scope_words(each["scope"]))))
    found.append((_("How long"), "; ".join(duration_words(each["duration"]))))
    found += coverage_lines(each["coverage"])
    return found


def scope_words(scope: Mapping[str, Any]) -> Iterator[str]:
    for kind, values in scope.items():
        told = ", ".join(map(str, values)) if isinstance(values, list) else _("{count} named").format(count=values)
        yield f"{_(SELECTORS[kind].sentence)}: {told}"


def duration_words(duration: Mapping[str, Any]) -> Iterator[str]:
    yield _(KINDS[duration["kind"]])
    for name, sentence in TIMES.items():
        if name in duration:
            yield _(sentence).format(time=time(duration[name]))
    if duration.get("review_days"):
        yield _("reviewed every {days} days").format(days=duration["review_days"])
    for name in ("conditions", "verifier"):
        if duration.get(name):
            yield duration[name]


def coverage_lines(coverage: Mapping[str, Any]) -> Lines:
    covered = [f"{word(GROUPS, kind)}: {people_or_count(values)}" for kind, values in coverage["covered"].items()]
    found = [(_("Covered"), "; ".join(covered) or _("nobody at the time"))]
    spared = [_("{name} ({why})").format(name=each["name"], why=_(each["why"])) for each in coverage["not_covered"]]
    if coverage["not_covered_unnamed"]:
        spared.append(_("{count} more").format(count=coverage["not_covered_unnamed"]))
    found.append((_("Expressly not covered"), "; ".join(spared) or _("nobody named")))
    if coverage["territory"]:
        found.append((_("Territory"), coverage["territory"]))
    return found


def people_or_count(values: Any) -> str:
    return str(values) if isinstance(values, int) else ", ".join(each["name"] for each in values)


def amended_lines(content: Mapping[str, Any]) -> Lines:
    found: Lines = []
    if content.get("by"):
        found.append((_("Replaced by"), label("decision", content["by"])))
    if content.get("appeal"):
        found.append((_("Appeal"), label("appeal", content["appeal"])))
    if content.get("within"):
        found.append((_("Only for"), "; ".join(scope_words(content["within"]))))
    if content.get("until"):
        found.append((_("Until"), time(content["until"])))
    if content.get("public_reason"):
        found.append((_("Why"), content["public_reason"]))
    for measure, coverage in content.get("coverage", {}).items():
        found.append((_("Measure"), label("measure", int(measure))))
        found += coverage_lines(coverage)
    return found


def clause_title(titles: Mapping[str, str]) -> str:
    return titles.get(current_language()) or titles.get("en") or next(iter(titles.values()), "")


def word(table: Mapping[str, str], code: str) -> str:
    return _(table[code]) if code in table else code


def time(value: str) -> str:
    """A time as the register tells it: to the minute, in UTC."""
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def sealed_sentence(until: datetime | None, legal_basis: str) -> str:
    """What a sealed entry says, all of it."""
    return _("This entry is sealed until {time}. Legal basis: {basis}").format(
        time=time(until.isoformat()) if until else "", basis=legal_basis
    )
