"""Templates and versions are found inside their account, and by a person of a unit inside that unit or the
shared ones.
"""

from __future__ import annotations

from django.db.models import Q

from fairpost.content.models import ContentVersion, Template
from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _


def own_template(account_id: int, template_id: int, unit_id: int | None = None, *, lock: bool = False) -> Template:
    """The template; with `unit_id`, only of that unit or shared by all. Raises NotFound."""
    rows = Template.objects.filter(within(account_id, unit_id), id=template_id)
    template = (rows.select_for_update() if lock else rows).first()
    if template is None:
        raise NotFound(_("There is no template {id}.").format(id=template_id), field="template")
    return template


def own_version(account_id: int, version_id: int, unit_id: int | None = None) -> ContentVersion:
    """The version; with `unit_id`, only of that unit or shared by all. Raises NotFound."""
    version = ContentVersion.objects.filter(within(account_id, unit_id), id=version_id).first()
    if version is None:
        raise NotFound(_("There is no content version {id}.").format(id=version_id), field="version")
    return version


def within(account_id: int, unit_id: int | None) -> Q:
    inside = Q(account_id=account_id)
    return inside if unit_id is None else inside & (Q(unit_id=unit_id) | Q(unit_id=None))
