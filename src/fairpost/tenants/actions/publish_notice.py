"""Publishes a new, immutable version of a joint sender's notice.

Scheduled mail with the old one is no longer current.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import transaction

from fairpost.audit.actions import record
from fairpost.kernel.actor import Actor
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.models import JointNotice, JointSender, Organisation
from fairpost.tenants.notice_text import notice_texts
from fairpost.tenants.notices import NoticeTerms, terms_to_json, validate_terms
from fairpost.tenants.participants import active_participants
from fairpost.tenants.queries.joint_notices import JointNoticeVersion, notice_version
from fairpost.tenants.scope import own_joint_sender


@transaction.atomic
def publish_notice(
    *,
    actor: Actor,
    account_id: int,
    joint_sender_id: int,
    terms: NoticeTerms,
    valid_from: datetime | None = None,
    reason: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> JointNoticeVersion:
    """The new version, in force from `valid_from` (now at the earliest, and the default).

    Raises `Invalid` where the formula does not divide the whole among exactly those who take part on that
    day, and `Conflict` where a version with a later start has been published already.
    """
    authorise(actor, "account.manage", account_id=account_id, act="joint_notice.publish")
    joint = own_joint_sender(account_id, joint_sender_id, lock=True)
    now = clock.now()
    valid_from = valid_from or now
    if valid_from < now:
        raise Invalid(_("A notice cannot be in force before it is published."), field="valid_from")
    validate_terms(terms, active_participants(joint.id, valid_from))
    last = joint.notices.order_by("-version").first()
    if last is not None and last.valid_from > valid_from:
        raise Conflict(
            _("Version {version}, which begins later, is published already.").format(version=last.version),
            hint=_("Begin the new version no earlier than that."),
        )
    notice = write_notice(joint, last.version + 1 if last else 1, terms, valid_from, now)
    record(
        actor=actor,
        act="joint_notice.published",
        account_id=account_id,
        subject=f"joint_notice:{notice.id}",
        reason=reason,
        facts={"joint_sender_id": joint.id, "version": notice.version, "hash": notice.hash},
        clock=clock,
    )
    return notice_version(notice)


def write_notice(
    joint: JointSender, version: int, terms: NoticeTerms, valid_from: datetime, now: datetime
) -> JointNotice:
    ids = [each.organisation_id for each in terms.allocations]
    names = dict(Organisation.objects.filter(id__in=ids).values_list("id", "name"))
    formula = terms_to_json(terms, names)
    texts = notice_texts(joint.organisation.name, terms, names)
    return JointNotice.objects.create(
        joint_sender=joint,
        version=version,
        formula=formula,
        texts=texts,
        hash=content_hash(formula, texts),
        valid_from=valid_from,
        created_at=now,
    )


def content_hash(formula: dict, texts: dict) -> str:
    """SHA-256 (hexadecimal) of formula and texts as JSON with sorted keys."""
    canonical = json.dumps([formula, texts], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
