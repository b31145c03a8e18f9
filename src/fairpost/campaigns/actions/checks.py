"""What must hold before a campaign may start: checked when it is scheduled, and again when it starts."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairpost.campaigns.models import Campaign
from fairpost.content.queries.versions import content_version
from fairpost.delivery.actions.dispatch import Canary, Order
from fairpost.delivery.queries.relays import pool_for, pool_signs
from fairpost.kernel.errors import Conflict, Invalid
from fairpost.kernel.text import _
from fairpost.segments.audience import Audience
from fairpost.tenants.queries.joint_notices import notice_is_current
from fairpost.tenants.queries.sending_identity import sending_identity

DEFAULT_TERM = timedelta(days=3)  # from the start to the latest time, unless the author says otherwise
LONGEST_TERM = timedelta(days=30)


def check_content(row: Campaign, at: datetime) -> None:
    """The campaign's content version may be sent under its identity at this time.

    Mail that asks for donations for a joint sender carries its joint notice; once the notice or the participants have
    changed, mail with the old one must not go out.
    """
    version = content_version(row.account_id, row.content_version_id)
    identity = sending_identity(row.account_id, row.identity_id)
    if version.organisation_id != identity.organisation_id:
        raise Invalid(
            _("The content names another legal sender than the sender identity sends for."),
            field="content_version_id",
            hint=_("Save the content anew for this identity."),
        )
    if not identity.dkim and not pool_signs(pool_for(row.account_id, row.pool_id)):
        raise Invalid(
            _("The sender identity has no active DKIM key."),
            field="identity_id",
            hint=_("Make one: fairpost identity rotate-key; or send through a relay that signs."),
        )
    if identity.joint_sender_id is None or not version.asks_donation:
        return
    if version.joint_notice_id is None:
        raise Conflict(
            _("The mail asks for donations for a joint sender and carries no joint notice."),
            hint=_("Save its content anew for this sender."),
        )
    notice = notice_is_current(version.joint_notice_id, at)
    if not notice:
        raise Conflict(
            _("The mail carries an old joint notice: {reason}").format(reason=notice.reason),
            hint=_("Save its content anew; it then carries the notice in force."),
        )


def order_for(row: Campaign, now: datetime) -> Order:
    """What is frozen when this campaign starts now."""
    identity = sending_identity(row.account_id, row.identity_id)
    return Order(
        account_id=row.account_id,
        campaign_id=row.pk,
        pool_id=pool_for(row.account_id, row.pool_id),
        identity_id=row.identity_id,
        content_version_id=row.content_version_id,
        unit_id=row.unit_id,
        joint_sender_id=identity.joint_sender_id,
        sending_domain=identity.domain,
        audience=Audience.from_json(row.audience),
        tracking=row.tracking,
        test=row.test_of_id is not None,
        latest_at=row.latest_at or now + DEFAULT_TERM,
        canary=Canary(row.canary_percent, row.canary_minutes * 60) if row.canary_percent else None,
    )


def check_times(now: datetime, at: datetime | None, latest: datetime | None) -> None:
    """The latest time lies after the start and at most 30 days behind it."""
    start = at or now
    if at is not None and at <= now:
        raise Invalid(_("The time {at} has passed.").format(at=at.isoformat()), field="at")
    if latest is not None and not start < latest <= start + LONGEST_TERM:
        raise Invalid(
            _("The latest time must lie after the start, at most {days} days.").format(
                days=LONGEST_TERM.days
            ),
            field="latest_at",
        )
