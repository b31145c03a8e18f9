"""How the fields of a statement depend on one another: tables, and the rules that need more than a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairpost.enforcement.dsa.finding import Finding
from fairpost.enforcement.dsa.forms import day, is_blank
from fairpost.enforcement.dsa.personal_data import names_a_person
from fairpost.kernel.text import _

ILLEGAL = "DECISION_GROUND_ILLEGAL_CONTENT"
INCOMPATIBLE = "DECISION_GROUND_INCOMPATIBLE_CONTENT"

RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
# (field, the other field, its value): present exactly if the other has the value.
GOES_WITH = (
    ("decision_visibility_other", "decision_visibility", "DECISION_VISIBILITY_OTHER"),
    ("decision_monetary_other", "decision_monetary", "DECISION_MONETARY_OTHER"),
    ("illegal_content_legal_ground", "decision_ground", ILLEGAL),
    ("illegal_content_explanation", "decision_ground", ILLEGAL),
    ("incompatible_content_ground", "decision_ground", INCOMPATIBLE),
    ("incompatible_content_explanation", "decision_ground", INCOMPATIBLE),
    ("content_type_other", "content_type", "CONTENT_TYPE_OTHER"),
)
# May be present only if the other has the value.
ONLY_WITH = (
    ("incompatible_content_illegal", "decision_ground", INCOMPATIBLE),
    ("category_specification_other", "category_specification", "KEYWORD_OTHER"),
)
# Must not be present if the other has the value.
NEVER_WITH = (("source_identity", "source_type", "SOURCE_VOLUNTARY"),)
END_DATES = (
    "end_date_visibility_restriction",
    "end_date_monetary_restriction",
    "end_date_service_restriction",
    "end_date_account_restriction",
)
Statement = Mapping[str, Any]


def broken(statement: Statement) -> Iterator[Finding]:
    """What is wrong between the fields; each field by itself is judged elsewhere."""
    for rule in RULES:
        yield from rule(statement)


def restricts_something(statement: Statement) -> Iterator[Finding]:
    if not any(has(statement, name) for name in RESTRICTIONS):
        names = ", ".join(RESTRICTIONS)
        message = _("A statement needs at least one restriction: {names}. A warning alone cannot be stated.")
        yield Finding("", "restriction", message.format(names=names))


def goes_with(statement: Statement) -> Iterator[Finding]:
    for name, other, value in GOES_WITH:
        present, due = has(statement, name), holds(statement, other, value)
        if due and not present:
            message = _("{field} is required, because {other} has {value}.")
        elif present and not due:
            message = _("{field} may stand only where {other} has {value}.")
        else:
            continue
        rule = "needed" if due else "unwanted"
        yield Finding(name, rule, message.format(field=name, other=other, value=value))


def only_with(statement: Statement) -> Iterator[Finding]:
    for name, other, value in ONLY_WITH:
        if has(statement, name) and not holds(statement, other, value):
            message = _("{field} may stand only where {other} has {value}.")
            yield Finding(name, "unwanted", message.format(field=name, other=other, value=value))


def never_with(statement: Statement) -> Iterator[Finding]:
    for name, other, value in NEVER_WITH:
        if has(statement, name) and holds(statement, other, value):
            message = _("{field} must not stand where {other} is {value}.")
            yield Finding(name, "unwanted", message.format(field=name, other=other, value=value))


def one_category_once(statement: Statement) -> Iterator[Finding]:
    primary, more = statement.get("category"), statement.get("category_addition")
    if isinstance(primary, str) and isinstance(more, list) and primary in more:
        message = _("{value} is the category already; leave it out of category_addition.")
        yield Finding("category_addition", "repeated", message.format(value=primary))


def ends_after_it_begins(statement: Statement) -> Iterator[Finding]:
    begins = day(statement.get("application_date"))
    for name in END_DATES:
        ends = day(statement.get(name))
        if begins and ends and ends < begins:
            message = _("{field} ({ends}) lies before application_date ({begins}).")
            yield Finding(name, "order", message.format(field=name, ends=ends, begins=begins))


def names_nobody(statement: Statement) -> Iterator[Finding]:
    facts = statement.get("decision_facts")
    if isinstance(facts, str) and (found := names_a_person(facts)):
        message = _("decision_facts must hold no personal data, but it has {found}.")
        yield Finding("decision_facts", "personal_data", message.format(found=repr(found)))


RULES: tuple[Callable[[Statement], Iterator[Finding]], ...] = (
    restricts_something,
    goes_with,
    only_with,
    never_with,
    one_category_once,
    ends_after_it_begins,
    names_nobody,
)


def has(statement: Statement, name: str) -> bool:
    return not is_blank(statement.get(name))


def holds(statement: Statement, name: str, value: str) -> bool:
    """Whether the field is the value, or an array with it."""
    given = statement.get(name)
    return value in given if isinstance(given, list) else given == value
