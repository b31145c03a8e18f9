"""Reads statements out of JSON as people keep them: one object, an array, a bulk, or one object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from fairpost.enforcement.dsa.finding import Finding
from fairpost.enforcement.dsa.validate import validate, validate_bulk, validate_each
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _


class Unfit(ValueError):
    """What Python's reader would take and RFC 8259 does not, or reads in different ways: NaN, a name twice."""


@dataclass(frozen=True, slots=True)
class Document:
    """The statements of one file; `bulk` where it is sent as one (an array, or an object with `statements`)."""

    statements: list[Any]
    bulk: bool

    def findings(self) -> list[Finding]:
        """By place in the file; a file of one statement has no places."""
        if self.bulk:
            return validate_bulk(self.statements)
        return validate_each(self.statements) if len(self.statements) > 1 else validate(self.statements[0])


def read_document(text: str) -> Document:
    """Raises `Invalid` for what is no JSON, is empty, or names a field of an object twice."""
    if not text.strip():
        raise Invalid(_("There is no statement in it."))
    try:
        whole = parsed(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].strip().endswith("}"):
            return Document([of_line(number, line) for number, line in enumerate(lines, 1)], bulk=False)
        raise Invalid(not_json(error)) from None
    except (Unfit, RecursionError) as error:
        raise Invalid(not_json(error)) from None
    if isinstance(whole, dict) and set(whole) == {"statements"} and isinstance(whole["statements"], list):
        return Document(whole["statements"], bulk=True)
    return Document(whole, bulk=True) if isinstance(whole, list) else Document([whole], bulk=False)


def of_line(number: int, line: str) -> Any:
    try:
        return parsed(line)
    except (ValueError, RecursionError) as error:
        message = _("Line {number}: {what}")
        raise Invalid(message.format(number=number, what=not_json(error))) from None


def parsed(text: str) -> Any:
    """As RFC 8259 has it: no NaN, no name twice."""
    return json.loads(text, object_pairs_hook=once_each, parse_constant=no_number)


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unfit(_("the field {field} stands twice in one object").format(field=repr(name)))
        found[name] = value
    return found


def no_number(name: str) -> NoReturn:
    raise Unfit(_("{name} is no number").format(name=name))


def not_json(error: Exception) -> str:
    said = _("it is nested too deeply") if isinstance(error, RecursionError) else str(error)
    return _("This is no JSON: {error}.").format(error=said)
