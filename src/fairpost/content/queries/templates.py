"""Templates are listed and read inside their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairpost.content.models import Template as Row
from fairpost.content.scope import own_template, within
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise


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


def template(actor: Actor, account_id: int, template_id: int) -> Template:
    """The template. Raises NotFound, also for another account's and for another unit's than the actor's."""
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    return template_of(own_template(account_id, template_id, actor.unit_id))


def template_named(actor: Actor, account_id: int, text: str) -> int:
    """The number of the template with this name or number; the actor's own unit's before a shared one."""
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Row.objects.filter(within(account_id, actor.unit_id))
    found = rows.filter(name=text).order_by("unit_id").values_list("id", flat=True).first()
    if found is None and text.isdecimal() and len(text) < 10:
        found = rows.filter(id=int(text)).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(_("There is no template {name}.").format(name=repr(text)), field="template")
    return found


def templates(actor: Actor, account_id: int, *, before: int | None = None, limit: int = 100) -> list[TemplateSummary]:
    """The newest first, a person of one unit sees its own and the shared; `before` is the last id of the page
    before.
    """
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Row.objects.filter(within(account_id, actor.unit_id)).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        TemplateSummary(each.id, each.unit_id, each.name, each.subject, each.language, kind_of(each), each.updated_at)
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
