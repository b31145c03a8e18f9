"""What a campaign, sender, joint sender or account has raised: each currency apart, the window always stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from fairpost.delivery.queries.mailed import accepted_mails, campaigns_begun
from fairpost.events.donations.allocation import DONOR
from fairpost.events.donations.amounts import write_amount
from fairpost.events.donations.attribution import in_words
from fairpost.events.donations.splitting import UNKNOWN
from fairpost.events.queries.donations import changes_waiting, check_campaign
from fairpost.kernel.actor import Actor
from fairpost.kernel.errors import Invalid, NotFound
from fairpost.kernel.text import _
from fairpost.tenants.authorise import authorise
from fairpost.tenants.queries.receivers import Receivers, receivers

FIGURES = Path(__file__).with_name("donation_figures.sql").read_text()
# All by the index donation_at, or donation_campaign where it is of one campaign.
SCOPE = """
    d.account_id = %(account)s AND d.amount > 0
    AND (%(campaign)s::integer IS NULL OR d.campaign_id = %(campaign)s)
    AND (%(unit)s::integer IS NULL OR d.unit_id = %(unit)s)
    AND (%(identity)s::integer IS NULL OR d.identity_id = %(identity)s)
    AND (%(joint_sender)s::integer IS NULL OR d.joint_sender_id = %(joint_sender)s)
    AND (%(since)s::timestamptz IS NULL OR d.at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR d.at < %(until)s)"""
BY_HOUR = f"""
SELECT date_trunc('hour', at, 'UTC'), currency, count(DISTINCT (platform, order_id)), sum(amount)::bigint
FROM donation AS d WHERE {SCOPE} GROUP BY 1, 2 ORDER BY 1, 2"""
BY_CAMPAIGN = f"""
SELECT campaign_id, currency, count(DISTINCT (platform, order_id)), sum(amount)::bigint,
       sum(amount - refunded - charged_back)::bigint
FROM donation AS d WHERE {SCOPE} AND campaign_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"""
UNATTRIBUTED = f"""
SELECT reason, currency, count(DISTINCT (platform, order_id)), sum(amount)::bigint
FROM donation AS d WHERE {SCOPE} AND campaign_id IS NULL GROUP BY 1, 2 ORDER BY 1, 2"""
WINDOWS = f"SELECT DISTINCT window_days FROM donation AS d WHERE {SCOPE} ORDER BY 1"
# And the entries of each line by the primary key's prefix.
BY_PARTICIPANT = f"""
SELECT e.organisation_id, e.currency, coalesce(sum(e.amount) FILTER (WHERE e.kind = 'donation'), 0)::bigint,
       sum(e.amount)::bigint
FROM donation AS d JOIN donation_entry AS e USING (account_id, platform, order_id, line_item)
WHERE {SCOPE} GROUP BY 1, 2 ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One currency's; amounts are its decimal texts. `donors` counts an order of an unknown donor as one of its own.

    `per_thousand` is what the campaigns that the mails are counted of raised for each thousand of them.
    """

    currency: str
    raised: str
    refunded: str
    charged_back: str
    net: str
    donors: int
    gifts: int
    average: str
    median: str
    one_off_gifts: int
    recurring_gifts: int
    recurring_raised: str
    plans: int
    plans_cancelled: int
    attributed: str
    per_thousand: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """What came in one hour, to one campaign or participant, or unattributed for one reason: `of` says which."""

    of: str
    name: str
    currency: str
    gifts: int | None
    raised: str
    net: str | None


@dataclass(frozen=True, slots=True)
class DonationReport:
    """Donations given from `since` until, not including, `until`, with all that was returned of them since.

    `mails` are those that relays accepted of the campaigns in the scope that began in the period. `window` says how
    donations are attributed, in words; `window_days` has every length that was in force. `waiting` counts refunds and
    other changes whose donation has not been stated; None where the report is not of the whole account.
    """

    campaign_id: int | None
    identity_id: int | None
    joint_sender_id: int | None
    since: datetime | None
    until: datetime | None
    window_days: tuple[int, ...]
    window: str
    mails: int
    waiting: int | None
    currencies: tuple[Figures, ...]
    by_hour: tuple[Part, ...]
    by_participant: tuple[Part, ...]
    by_campaign: tuple[Part, ...]
    not_attributed: tuple[Part, ...]


def donation_report(
    actor: Actor,
    account_id: int,
    *,
    campaign_id: int | None = None,
    identity_id: int | None = None,
    joint_sender_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> DonationReport:
    """Of the account, or of one campaign, sender identity or joint sender of it. Raises `NotFound` for another's."""
    authorise(actor, "donation.read", account_id=account_id, unit_id=actor.unit_id)
    known = receivers(account_id)
    check_scope(actor, account_id, known, campaign_id, identity_id, joint_sender_id)
    scope = {
        "campaign": campaign_id, "unit": actor.unit_id, "identity": identity_id, "joint_sender": joint_sender_id,
        "since": since, "until": until,
    }  # fmt: skip
    period = {} if campaign_id is None else {"since": None, "until": None}
    sent = campaigns_begun(account_id, **{**scope, **period})
    mails = accepted_mails(account_id, sent)
    wanted = {**scope, "account": account_id, "mailed": sent}
    windows = tuple(days for (days,) in asked(WINDOWS, wanted)) or (settings.FAIRPOST.donation_window_days,)
    whole = (campaign_id, identity_id, joint_sender_id, actor.unit_id) == (None, None, None, None)
    return DonationReport(
        campaign_id, identity_id, joint_sender_id, since, until, windows, window_in_words(windows), mails,
        changes_waiting(account_id) if whole else None,
        tuple(figures(row, mails) for row in asked(FIGURES, wanted)),
        tuple(part(at.isoformat(), "", *rest, None) for at, *rest in asked(BY_HOUR, wanted)),
        tuple(participant(row, known.names) for row in asked(BY_PARTICIPANT, wanted)),
        tuple(part(str(number), "", *rest) for number, *rest in asked(BY_CAMPAIGN, wanted)),
        tuple(part(reason, in_words(reason), *rest, None) for reason, *rest in asked(UNATTRIBUTED, wanted)),
    )  # fmt: skip


def check_scope(
    actor: Actor,
    account_id: int,
    known: Receivers,
    campaign_id: int | None,
    identity_id: int | None,
    joint_sender_id: int | None,
) -> None:
    if sum(each is not None for each in (campaign_id, identity_id, joint_sender_id)) > 1:
        raise Invalid(_("A report is of one campaign, one sender or one joint sender."), field="campaign_id")
    if campaign_id is not None:
        check_campaign(actor, account_id, campaign_id)
    if identity_id is not None and identity_id not in known.identities:
        raise NotFound(_("There is no such sender identity."))
    if joint_sender_id is not None and known.joint(joint_sender_id) is None:
        raise NotFound(_("There is no such joint sender."))


def asked(sql: str, wanted: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted)
        return cursor.fetchall()


def figures(row: tuple[Any, ...], mails: int) -> Figures:
    currency, raised, refunded, charged_back, donors, gifts, median, recurring, recurring_raised, *rest = row
    plans, cancelled, attributed, of_mails = rest

    def money(amount: int) -> str:
        return write_amount(amount, currency)

    return Figures(
        currency, money(raised), money(refunded), money(charged_back), money(raised - refunded - charged_back),
        donors, gifts, money(rounded(raised, gifts)), money(median), gifts - recurring, recurring,
        money(recurring_raised), plans, cancelled, money(attributed),
        money(rounded(of_mails * 1000, mails)) if mails else None,
    )  # fmt: skip


def rounded(amount: int, by: int) -> int:
    """The nearest whole number, halves up."""
    return (2 * amount + by) // (2 * by)


def part(of: str, name: str, currency: str, gifts: int | None, raised: int, net: int | None) -> Part:
    return Part(
        of, name, currency, gifts, write_amount(raised, currency), None if net is None else write_amount(net, currency)
    )


def participant(row: tuple[Any, ...], names: Mapping[int, str]) -> Part:
    organisation, currency, received, net = row
    return part(str(organisation), name_of(organisation, names), currency, None, received, net)


def name_of(organisation_id: int, names: Mapping[int, str]) -> str:
    if organisation_id == UNKNOWN:
        return _("(unknown receiver)")
    if organisation_id == DONOR:
        return _("(over all limits: to be returned to donors)")
    return names.get(organisation_id, str(organisation_id))


def window_in_words(windows: tuple[int, ...]) -> str:
    return _(
        "A donation is attributed to a campaign where it carries its reference and came within {days} days of the"
        " campaign's start. All others are received and attributed to none."
    ).format(days=", ".join(map(str, windows)))
