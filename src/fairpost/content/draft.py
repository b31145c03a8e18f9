"""What a draft may hold: not whether it can be sent, only whether it can be kept."""

from __future__ import annotations

import re

from fairpost.content.models import Template
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.plaintext import single_line
from fairpost.kernel.text import _

FIELDS = ("name", "subject", "preheader", "mjml", "html", "text", "language")
MOST_CHARACTERS = 2_000_000
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# PostgreSQL keeps neither NUL nor half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def change_draft(template: Template, changes: dict[str, str | None]) -> list[str]:
    """Sets the fields that are given (not None) and returns the names of those that changed.

    Giving MJML removes HTML and the other way round. Raises Invalid where a field cannot be kept, and where
    both are given.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    if given.get("mjml") and given.get("html"):
        raise Invalid(_("Give either MJML or HTML, not both."), field="html")
    if given.get("mjml"):
        given["html"] = ""
    elif given.get("html"):
        given["mjml"] = ""
    changed = []
    for name, value in given.items():
        value = checked(name, value)
        if getattr(template, name) != value:
            setattr(template, name, value)
            changed.append(name)
    return changed


def checked(name: str, value: str) -> str:
    if name == "name":
        return single_line(value, "name")
    if UNSTORABLE.search(value):
        message = _("{field} holds a character that is no text (NUL or a lone surrogate).")
        raise Invalid(message.format(field=name), field=name)
    if len(value) > MOST_CHARACTERS:
        raise Invalid(
            _("{field} is longer than {most} characters.").format(field=name, most=MOST_CHARACTERS),
            field=name,
        )
    if name == "language" and not LANGUAGE.fullmatch(value):
        raise Invalid(
            _("{value} is not a language tag.").format(value=repr(value)),
            field="language",
            hint=_("Use one of RFC 5646, such as en, fr or pt-BR."),
        )
    return value


def name_taken(name: str) -> Conflict:
    return Conflict(_("There is a template {name} already.").format(name=repr(name)), field="name")
