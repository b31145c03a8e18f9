"""The texts that people of an account are shown and agree to, in versions; what was published never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.contacts.models import ConsentText
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


@dataclass(frozen=True, slots=True)
class ConsentTextRow:
    """One text. `label` is what lines of the ledger name: name/version/language."""

    label: str
    name: str
    version: int
    language: str
    text: str
    published_at: datetime


def consent_texts(account_id: int, name: str = "") -> list[ConsentTextRow]:
    """All versions, those of one name if given; by name, the newest first."""
    rows = ConsentText.objects.filter(account_id=account_id, **({"name": name} if name else {}))
    return [text_row(each) for each in rows.order_by("name", "-version", "language")]


def newest_text(account_id: int, name: str, language: str) -> ConsentTextRow:
    """The newest version in this language. Raises `NotFound`."""
    rows = ConsentText.objects.filter(account_id=account_id, name=name, language=language)
    found = rows.order_by("-version").first()
    if found is None:
        raise NotFound(
            _("There is no consent text {name} in the language {language}.").format(name=repr(name), language=language),
            hint=_("Publish one: fairpost form text {name} --language {language} --file FILE.").format(
                name=name, language=language
            ),
        )
    return text_row(found)


def text_called(account_id: int, label: str) -> ConsentTextRow | None:
    """The text that a line of the ledger names; None where the account has none."""
    name, _slash, rest = label.partition("/")
    version, _slash, language = rest.partition("/")
    if not version.isdecimal():
        return None
    found = ConsentText.objects.filter(account_id=account_id, name=name, version=int(version), language=language)
    row = found.first()
    return text_row(row) if row else None


def text_row(row: ConsentText) -> ConsentTextRow:
    label = f"{row.name}/{row.version}/{row.language}"
    return ConsentTextRow(label, row.name, row.version, row.language, row.text, row.published_at)
