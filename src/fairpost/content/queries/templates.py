"""Templates are listed and read inside their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.content.models import Template as Row
from fairpost.content.scope import own_template, within


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    id: int
    unit_id: int | None
    name: str
    subject: str
    language: str
    kind: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Template:
    """A draft with its whole source. `kind` is `mjml` or `html`; `text` empty means that it is made from the
    HTML.
    """

    id: int
    account_id: int
    unit_id: int | None
    name: str
    subject: str
    preheader: str
    mjml: str
    html: str
    text: str
    language: str
    kind: str
    created_at: datetime
    updated_at: datetime


def template(account_id: int, template_id: int, *, unit_id: int | None = None) -> Template:
    """The template. Raises NotFound, also for another account's, or another unit's where `unit_id` is
    given.
    """
    return template_of(own_template(account_id, template_id, unit_id))


def templates(
    account_id: int, *, unit_id: int | None = None, before: int | None = None, limit: int = 100
) -> list[TemplateSummary]:
    """The newest first; `before` is the last id of the page before (keyset)."""
    rows = Row.objects.filter(within(account_id, unit_id)).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        TemplateSummary(
            each.id, each.unit_id, each.name, each.subject, each.language, kind_of(each), each.updated_at
        )
        for each in rows[:limit]
    ]


def template_of(row: Row) -> Template:
    return Template(
        id=row.id,
        account_id=row.account_id,
        unit_id=row.unit_id,
        name=row.name,
        subject=row.subject,
        preheader=row.preheader,
        mjml=row.mjml,
        html=row.html,
        text=row.text,
        language=row.language,
        kind=kind_of(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def kind_of(row: Row) -> str:
    return "mjml" if row.mjml else "html"
