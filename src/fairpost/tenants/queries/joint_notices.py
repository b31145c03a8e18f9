"""Which notice a joint sender's mail must carry at a time, and whether a given one still is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairpost.kernel.errors import NotFound
from fairpost.kernel.text import _
from fairpost.tenants.models import JointNotice
from fairpost.tenants.participants import active_participants
from fairpost.tenants.scope import own_joint_sender


@dataclass(frozen=True, slots=True)
class JointNoticeVersion:
    """One immutable version.

    `text` is by language (en, fr, it); `formula` is the stored form of the terms.
    """

    id: int
    joint_sender_id: int
    version: int
    text: Mapping[str, str]
    hash: str
    formula: Mapping[str, Any]
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class NoticeState:
    """Whether a notice may be carried; true or false in a condition.

    `reason` says why not, for the sender.
    """

    current: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.current


def joint_notice(joint_sender_id: int, at: datetime, *, account_id: int | None = None) -> JointNoticeVersion:
    """The version in force at `at`. Give `account_id` wherever the id came from outside.

    Raises `NotFound` where there is none yet. That it is in force does not mean that it still names the right
    participants: `notice_is_current` says that.
    """
    if account_id is not None:
        own_joint_sender(account_id, joint_sender_id)
    notice = in_force(joint_sender_id, at)
    if notice is None:
        raise NotFound(
            _("The joint sender has no notice yet."),
            hint=_("Publish one: fairpost account joint-sender notice."),
        )
    return notice_version(notice)


def joint_notices(account_id: int, joint_sender_id: int) -> list[JointNoticeVersion]:
    """All versions, the newest first."""
    own_joint_sender(account_id, joint_sender_id)
    rows = JointNotice.objects.filter(joint_sender_id=joint_sender_id).order_by("-version")
    return [notice_version(each) for each in rows]


def notice_is_current(joint_notice_id: int, at: datetime) -> NoticeState:
    """Whether mail that leaves at `at` may carry this version: in force then, and naming all who take part.

    Ask for the scheduled time when a campaign is scheduled, and for the present before it starts. Raises
    `NotFound` for an id that no notice has.
    """
    notice = JointNotice.objects.filter(id=joint_notice_id).first()
    if notice is None:
        raise NotFound(_("There is no such joint notice."))
    if notice.valid_from > at:
        return NoticeState(False, _("The joint notice of this mail is not in force yet at that time."))
    newest = in_force(notice.joint_sender_id, at)
    if newest is not None and newest.id != notice.id:
        return NoticeState(
            False,
            _("This mail carries version {old} of the joint notice; version {new} is in force.").format(
                old=notice.version, new=newest.version
            ),
        )
    named = {each["organisation_id"] for each in notice.formula["participants"]}
    if named != active_participants(notice.joint_sender_id, at):
        return NoticeState(
            False,
            _("The participants of the joint sender have changed; a new joint notice must be published."),
        )
    return NoticeState(True)


def in_force(joint_sender_id: int, at: datetime) -> JointNotice | None:
    return JointNotice.objects.filter(joint_sender_id=joint_sender_id, valid_from__lte=at).order_by("-version").first()


def notice_version(notice: JointNotice) -> JointNoticeVersion:
    return JointNoticeVersion(
        id=notice.id,
        joint_sender_id=notice.joint_sender_id,
        version=notice.version,
        text=notice.texts,
        hash=notice.hash,
        formula=notice.formula,
        valid_from=notice.valid_from,
    )
