"""Holds statements to every rule of the schema, more strictly than the database's own validator does.

That one drops what contradicts itself; this one says so. A statement without findings is accepted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fairpost.enforcement.dsa.conditions import broken
from fairpost.enforcement.dsa.fields import BY_NAME, FIELDS, Field, Kind
from fairpost.enforcement.dsa.finding import Finding
from fairpost.enforcement.dsa.forms import (
    PRODUCT_KEY,
    PUID,
    day,
    is_blank,
    is_ean13,
    is_unicode,
    is_url,
    says_null,
)
from fairpost.kernel.text import _

MOST_IN_BULK = 100


def validate(statement: Any) -> list[Finding]:
    """Every rule that one statement (the parsed JSON) breaks; empty means that it is valid. Never raises."""
    if not isinstance(statement, Mapping):
        return [Finding("", "form", _("A statement is a JSON object."))]
    findings = [unknown(str(name)) for name in statement if name not in BY_NAME]
    for field in FIELDS:
        findings += of_field(field, statement)
    return [*findings, *broken(statement)]


def validate_bulk(statements: Sequence[Any]) -> list[Finding]:
    """Every rule that a bulk breaks: 1 to 100 statements, each valid, no puid twice. All or nothing."""
    findings = []
    if not 1 <= len(statements) <= MOST_IN_BULK:
        message = _("A bulk holds 1 to {most} statements, not {count}.")
        findings.append(Finding("", "bulk", message.format(most=MOST_IN_BULK, count=len(statements))))
    return findings + validate_each(statements)


def validate_each(statements: Sequence[Any]) -> list[Finding]:
    """The findings of each with its place, and each puid that an earlier one has."""
    findings, places = [], {}
    for index, statement in enumerate(statements):
        findings += [replace(found, index=index) for found in validate(statement)]
        puid = statement.get("puid") if isinstance(statement, Mapping) else None
        if not isinstance(puid, str):
            continue
        if (earlier := places.setdefault(puid, index)) != index:
            message = _("puid {puid} is that of statement {earlier} too; each is unique for ever.")
            findings.append(Finding("puid", "repeated", message.format(puid=repr(puid), earlier=earlier), index))
    return findings


def unknown(name: str) -> Finding:
    message = _("{field} is no field of a statement of reasons.")
    shown = name if is_unicode(name) else repr(name)
    return Finding(shown, "unknown", message.format(field=repr(name)))


def of_field(field: Field, statement: Mapping[str, Any]) -> Iterator[Finding]:
    """The findings of one field by itself."""
    value = statement.get(field.name)
    if field.name not in statement or is_blank(value):
        if field.required:
            yield Finding(field.name, "required", _("{field} is required.").format(field=field.name))
        elif field.name in statement and not (field.may_be_blank and isinstance(value, str | None)):
            message = _("{field} is given without a value; leave it out.")
            yield Finding(field.name, "blank", message.format(field=field.name))
    elif wrong := wrong_with(field, value):
        yield Finding(field.name, *wrong)


def wrong_with(field: Field, value: Any) -> tuple[str, str] | None:
    """(rule, message) of what is wrong with a value that is not blank."""
    if field.kind is Kind.CHOICES:
        return wrong_choices(field, value)
    if field.kind is Kind.PRODUCT:
        return wrong_product(field, value)
    if not isinstance(value, str):
        return "form", _("{field} must be a text.").format(field=field.name)
    if says_null(value):
        return "null", _("{field} is the word null; leave it out.").format(field=field.name)
    if not is_unicode(value):
        return "form", _("{field} holds half a character, which UTF-8 cannot carry.").format(field=field.name)
    if field.kind is Kind.CHOICE:
        return wrong_choice(field, value)
    if field.kind is Kind.DAY:
        return wrong_day(field, value)
    if len(value) > field.most:
        message = _("{field} has {length} characters; at most {most} are allowed.")
        return "length", message.format(field=field.name, length=len(value), most=field.most)
    if field.kind is Kind.URL and not is_url(value):
        return "url", _("{field} must be an http or https address.").format(field=field.name)
    if field.kind is Kind.PUID and not PUID.fullmatch(value):
        message = _("{field} may hold only the letters a to z and A to Z, digits, hyphen and underscore.")
        return "pattern", message.format(field=field.name)
    return None


def wrong_choice(field: Field, value: str) -> tuple[str, str] | None:
    if value in field.allowed:
        return None
    message = _("{field} does not allow {value}.")
    if field.name == "content_language" and value == "GR":
        message = _("{field} does not allow {value}; Greek is EL.")
    return "value", message.format(field=field.name, value=repr(value))


def wrong_choices(field: Field, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return "form", _("{field} must be an array of texts.").format(field=field.name)
    for each in value:
        if each not in field.allowed:
            message = _("{field} does not allow {value}.")
            if field.values == "territory" and each == "EL":
                message = _("{field} does not allow {value}; Greece is GR.")
            return "value", message.format(field=field.name, value=repr(each))
    if value != sorted(set(value)):
        return "sorted", _("{field} must be sorted and have each value once.").format(field=field.name)
    return None


def wrong_day(field: Field, value: str) -> tuple[str, str] | None:
    given = day(value)
    if given is None:
        message = _("{field} must be a date as YYYY-MM-DD, not {value}.")
        return "date", message.format(field=field.name, value=repr(value))
    if not field.earliest <= given <= field.latest:
        message = _("{field} must lie between {earliest} and {latest}, not on {value}.")
        return "range", message.format(field=field.name, earliest=field.earliest, latest=field.latest, value=value)
    return None


def wrong_product(field: Field, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, Mapping) or set(value) != {PRODUCT_KEY}:
        message = _("{field} must be an object with the one key {key}.")
        return "form", message.format(field=field.name, key=PRODUCT_KEY)
    number = value[PRODUCT_KEY]
    if not isinstance(number, str) or not is_ean13(number):
        message = _("{field} must hold an EAN-13: 13 digits, the last their check digit.")
        return "value", message.format(field=field.name)
    return None
