"""A content version is read with its document and with all that must hold before it is sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fairpost.content.models import ContentVersion as Row
from fairpost.content.scope import own_version, within
from fairpost.content.stored import document_from_json, findings_from_json
from fairpost.engine.document import Finding
from fairpost.engine.ports import Document
from fairpost.kernel.actor import Actor
from fairpost.tenants.authorise import authorise


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One row of a list of versions. `size` is the HTML in bytes, links as long as tracked ones."""

    id: int
    template_id: int | None
    unit_id: int | None
    name: str
    subject: str
    hash: str
    size: int
    warnings: int
    asks_donation: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """An immutable mail. It may be sent only for `organisation_id`, the legal sender that it names.

    `joint_notice_id` is the version of the joint notice that it carries, None where it carries none; before
    sending ask `tenants.queries.joint_notices.notice_is_current`. `findings` are the warnings it was saved
    with.
    """

    id: int
    account_id: int
    unit_id: int | None
    template_id: int | None
    organisation_id: int
    joint_notice_id: int | None
    name: str
    language: str
    hash: str
    document: Document
    findings: tuple[Finding, ...]
    asks_donation: bool
    size: int
    created_at: datetime


def content_version(account_id: int, version_id: int) -> ContentVersion:
    """The version with its document, for the sending path. Raises NotFound, also for another account's."""
    return version_of(own_version(account_id, version_id))


def templates_of(version_ids: Collection[int]) -> dict[int, int]:
    """The template that each of these versions was first saved from, where there is one; for the sending path."""
    rows = Row.objects.filter(pk__in=version_ids, template__isnull=False)
    return dict(rows.values_list("pk", "template_id"))


def read_version(actor: Actor, account_id: int, version_id: int) -> ContentVersion:
    """The version for a person. Raises NotFound, also for another account's and another unit's than the actor's."""
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    return version_of(own_version(account_id, version_id, actor.unit_id))


def content_versions(
    actor: Actor,
    account_id: int,
    *,
    template_id: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[VersionSummary]:
    """The newest first, a person of one unit sees its own and the shared; `before` is the last id of the page
    before.
    """
    authorise(actor, "content.read", account_id=account_id, unit_id=actor.unit_id)
    rows = Row.objects.filter(within(account_id, actor.unit_id)).order_by("-id")
    if template_id is not None:
        rows = rows.filter(template_id=template_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [summary(each) for each in rows[:limit]]


def version_of(row: Row) -> ContentVersion:
    return ContentVersion(
        id=row.id,
        account_id=row.account_id,
        unit_id=row.unit_id,
        template_id=row.template_id,
        organisation_id=row.organisation_id,
        joint_notice_id=row.joint_notice_id,
        name=row.name,
        language=row.language,
        hash=row.hash,
        document=document_from_json(row.document),
        findings=findings_from_json(row.findings),
        asks_donation=row.asks_donation,
        size=row.size,
        created_at=row.created_at,
    )


def summary(row: Row) -> VersionSummary:
    return VersionSummary(
        id=row.id,
        template_id=row.template_id,
        unit_id=row.unit_id,
        name=row.name,
        subject=row.document["subject"],
        hash=row.hash,
        size=row.size,
        warnings=len(row.findings),
        asks_donation=row.asks_donation,
        created_at=row.created_at,
    )
