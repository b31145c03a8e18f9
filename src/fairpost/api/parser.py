"""JSON bodies are read strictly: what RFC 8259 leaves open or PostgreSQL cannot keep is refused at the door."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from fairpost.kernel.text import _


class StrictParser(Parser):
    """Refuses NaN and infinities, repeated names, NUL and lone surrogates in texts, and bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            read = json.loads(request.body, parse_constant=refuse_constant, object_pairs_hook=once_each)
            storable(read)
        except HttpError:
            raise
        except (ValueError, RecursionError) as error:
            raise HttpError(400, _("The body is not JSON: {why}.").format(why=error)) from None
        return read


def refuse_constant(name: str) -> NoReturn:
    raise HttpError(400, _("The body is not JSON: {why}.").format(why=name))


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise HttpError(400, _("The name {name!r} stands twice in one object.").format(name=twice[:100]))
    return found


def storable(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value):
            raise HttpError(400, _("A text holds a character that is none (NUL or a lone surrogate)."))
    elif isinstance(value, dict):
        for name, inner in value.items():
            storable(name)
            storable(inner)
    elif isinstance(value, list):
        for inner in value:
            storable(inner)
