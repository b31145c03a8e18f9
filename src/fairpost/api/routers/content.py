"""Templates, and the immutable content versions that are saved from them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from ninja import Router

from fairpost.api.authentication import Caller
from fairpost.api.pages import Before, Limit, Page, page, whole
from fairpost.api.schemas import content as told
from fairpost.api.schemas.fields import PathId
from fairpost.contacts.actions.export_contacts import attribute_names
from fairpost.content.actions.copy_template import copy_template as copy
from fairpost.content.actions.create_template import create_template as create
from fairpost.content.actions.edit_template import edit_template as edit
from fairpost.content.actions.save_content_version import save_content_version as save
from fairpost.content.queries.check import check_source as check
from fairpost.content.queries.preview import preview
from fairpost.content.queries.templates import template, templates
from fairpost.content.queries.versions import ContentVersion, content_versions, read_version
from fairpost.content.starters import STARTERS
from fairpost.kernel.text import _

router = Router()
TEMPLATES = "/accounts/{account_id}/templates"
TEMPLATE = TEMPLATES + "/{template_id}"
VERSIONS = "/accounts/{account_id}/content-versions"
VERSION = VERSIONS + "/{version_id}"


@router.get("/starters", response=Page[told.Starter])
def list_starters(request: Caller) -> Any:
    """Mails to begin from."""
    return whole([replace(each, summary=_(each.summary)) for each in STARTERS])


@router.get(TEMPLATES, response=Page[told.TemplateSummary])
def list_templates(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 100) -> Any:
    """Drafts, the newest first."""
    rows = lambda most: templates(request.auth, account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.post(TEMPLATES, response={201: told.Template})
def create_template(request: Caller, account_id: PathId, asked: told.NewTemplate) -> Any:
    """Begins a mail. It may have errors: they count when a version is saved."""
    return create(actor=request.auth, account_id=account_id, **asked.model_dump())


@router.get(TEMPLATE, response=told.Template)
def get_template(request: Caller, account_id: PathId, template_id: PathId) -> Any:
    """One draft with its source."""
    return template(request.auth, account_id, template_id)


@router.patch(TEMPLATE, response=told.Template)
def edit_template(request: Caller, account_id: PathId, template_id: PathId, asked: told.TemplateChange) -> Any:
    """Replaces parts of a draft; MJML and HTML replace each other."""
    return edit(actor=request.auth, account_id=account_id, template_id=template_id, **asked.model_dump())


@router.post(TEMPLATE + "/copy", response={201: told.Template})
def copy_template(request: Caller, account_id: PathId, template_id: PathId, asked: told.TemplateCopy) -> Any:
    """Makes a draft from another one."""
    return copy(actor=request.auth, account_id=account_id, template_id=template_id, **asked.model_dump())


@router.post("/accounts/{account_id}/content/check", response=told.Checked)
def check_content(request: Caller, account_id: PathId, asked: told.Check) -> Any:
    """Says what is wrong with a mail, each finding with line and column; nothing is kept."""
    given = {**asked.model_dump(), "donation_prefixes": tuple(asked.donation_prefixes)}
    return check(request.auth, account_id, known_attributes=known_attributes(account_id), **given)


@router.post(TEMPLATE + "/versions", response={201: told.Version})
def save_content_version(request: Caller, account_id: PathId, template_id: PathId, asked: told.NewVersion) -> Any:
    """Freezes a draft into a version that can be sent; the same content gives the same version."""
    given = {**asked.model_dump(), "donation_prefixes": tuple(asked.donation_prefixes)}
    attributes = known_attributes(account_id)
    place = {"account_id": account_id, "template_id": template_id}
    return whole_version(save(actor=request.auth, **place, known_attributes=attributes, **given))


@router.get(TEMPLATE + "/versions", response=Page[told.VersionSummary])
def list_template_versions(
    request: Caller, account_id: PathId, template_id: PathId, before: Before = None, limit: Limit = 100
) -> Any:
    """The versions saved from one draft, the newest first."""
    place = {"template_id": template(request.auth, account_id, template_id).id, "before": before}
    return page(request, "before", limit, lambda most: content_versions(request.auth, account_id, limit=most, **place))


@router.get(VERSIONS, response=Page[told.VersionSummary])
def list_content_versions(request: Caller, account_id: PathId, before: Before = None, limit: Limit = 100) -> Any:
    """All versions, the newest first."""
    rows = lambda most: content_versions(request.auth, account_id, before=before, limit=most)  # noqa: E731
    return page(request, "before", limit, rows)


@router.get(VERSION, response=told.Version)
def get_content_version(request: Caller, account_id: PathId, version_id: PathId) -> Any:
    """One version with its document."""
    return whole_version(read_version(request.auth, account_id, version_id))


@router.post(VERSION + "/preview", response=told.Shown)
def preview_content_version(request: Caller, account_id: PathId, version_id: PathId, asked: told.Reader) -> Any:
    """Shows a version as one reader would get it. Nothing is sent or counted."""
    return preview(request.auth, account_id, version_id, asked.attributes)


def known_attributes(account_id: int) -> frozenset[str] | None:
    """The attributes that contacts have; None (unchecked) before any import has declared one."""
    return frozenset(attribute_names(account_id)) or None


def whole_version(version: ContentVersion) -> dict[str, Any]:
    return {**asdict(version), **asdict(version.document)}
