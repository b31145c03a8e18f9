"""Builds donations: campaigns they answer, references as the links carry them, lines as a platform states them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from tests.builders.tenants import Tenant, make_joint_sender

from fairpost.audit.vault.ring import installation_keyring
from fairpost.engine.signing.tokens import TokenIssuer
from fairpost.events.actions.take_donations import Taken, take_donations
from fairpost.events.donations.lines import DonationLine, Line, RefundLine
from fairpost.kernel.clock import FixedClock
from fairpost.kernel.errors import FairpostError
from fairpost.tenants.actions.publish_notice import publish_notice
from fairpost.tenants.notices import Allocation, NoticeTerms, parse_share
from fairpost.tenants.queries.receivers import receivers

HOUR = timedelta(hours=1)
BEGUN = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
CLOCK = FixedClock(datetime(2027, 3, 1, tzinfo=UTC))
TABLES = ("donation_event", "donation", "donation_entry")
ARRIVAL = {"source", "taken_at"}  # what tells when a statement came, and is no part of what it says


def sent_campaign(
    account_id: int,
    campaign_id: int,
    *,
    begun_at: datetime | None = BEGUN,
    joint_sender_id: int | None = None,
    identity_id: int = 0,
    unit_id: int = 1,
    test: bool = False,
    accepted: int = 0,
) -> int:
    """A campaign in dispatch that began then, with so many mails that relays have accepted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
            " unit_id, joint_sender_id, sending_domain, test, frozen_at, latest_at)"
            " VALUES (%s, %s, 'finished', %s, 1, %s, 1, %s, %s, 'a.example', %s, %s, %s)",
            [account_id, campaign_id, BEGUN, identity_id, unit_id, joint_sender_id, test, begun_at, BEGUN],
        )
        if accepted:
            cursor.execute(
                "INSERT INTO batch_outcome (account_id, campaign_id, batch_no, state, size, members)"
                " VALUES (%s, %s, 0, 'accepted', %s, '')",
                [account_id, campaign_id, accepted],
            )
    return campaign_id


@dataclass(frozen=True)
class Fund:
    """A joint sender and its two participants."""

    joint_sender_id: int
    organisation_id: int
    first: int
    second: int


def make_fund(
    tenant: Tenant, *, share: str = "2/3", limit: int | None = None, rest: int | None = None, since: datetime = BEGUN
) -> Fund:
    """The Victory Fund: `share` to the National Committee, the rest to the State Party; limits in euros per donor."""
    joint, (first, second) = make_joint_sender(tenant)
    part = parse_share(share)
    allocations = (
        Allocation(first, part, None if limit is None else Decimal(limit)),
        Allocation(second, 1 - part, None if rest is None else Decimal(rest)),
    )
    publish_notice(
        actor=tenant.owner,
        account_id=tenant.account_id,
        joint_sender_id=joint,
        terms=NoticeTerms(allocations, "EUR"),
        clock=FixedClock(since - timedelta(days=1)),
    )
    known = receivers(tenant.account_id).joint(joint)
    return Fund(joint, known.organisation_id, first, second)


def reference(account_id: int, campaign_id: int, ordinal: int = 1, *, test: bool = False) -> str:
    """The code that this recipient's donation link carries."""
    tokens = TokenIssuer(installation_keyring()).for_campaign(account_id, campaign_id, test)
    return tokens.donation(ordinal).decode()


def given(order_id: str = "o-1", amount: int = 2500, *, after: timedelta = HOUR, **more: Any) -> DonationLine:
    """A line of the platform `pay`, in euros, an hour after BEGUN."""
    wanted = {"platform": "pay", "at": BEGUN + after, "currency": "EUR", **more}
    return DonationLine(order_id=order_id, amount=amount, **wanted)


def changed(kind: str, order_id: str = "o-1", *, after: timedelta = timedelta(days=2), **more: Any) -> RefundLine:
    """A refund, chargeback, cancellation or correction of it, two days after BEGUN."""
    wanted = {"platform": "pay", "at": BEGUN + after, "event_id": f"{kind}-1", **more}
    return RefundLine(kind, order_id=order_id, **wanted)


def take(account_id: int, *lines: Line, actor: Any = None, source: str = "test") -> Taken:
    return take_donations(actor=actor, account_id=account_id, lines=lines, source=source, clock=CLOCK)


def kept(account_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is kept of the account's donations, and counted, but when it arrived."""
    found = {table: rows(table, account_id, ARRIVAL) for table in TABLES}
    found["totals"] = rows("event_hour", account_id, set(), "AND total <> 0")
    found["members"] = rows("event_members", account_id, set())
    found["days"] = rows("event_day_members", account_id, set())
    return found


def rows(table: str, account_id: int, without: set[str], also: str = "") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE account_id = %s {also}", [account_id])
        places = [place for place, each in enumerate(cursor.description) if each.name not in without]
        return sorted(tuple(flat(row[place]) for place in places) for row in cursor.fetchall())


def flat(value: Any) -> Any:
    return str(bytes(value) if isinstance(value, memoryview) else value)


def money(account_id: int, column: str = "amount", **where: Any) -> Any:
    """One column of the account's lines, in the order of their keys."""
    also = "".join(f" AND {name} = %s" for name in where)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM donation WHERE account_id = %s{also} ORDER BY platform, order_id, line_item",
            [account_id, *where.values()],
        )
        return [each for (each,) in cursor.fetchall()]


def shares(account_id: int, **where: Any) -> dict[int, int]:
    """What each organisation has after all, by the entries."""
    also = "".join(f" AND {name} = %s" for name in where)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, sum(amount)::bigint FROM donation_entry WHERE account_id = %s"
            f"{also} GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1",
            [account_id, *where.values()],
        )
        return dict(cursor.fetchall())


def refusal_of(function: Any, *arguments: Any, **named: Any) -> str:
    """What a person is told where it refuses."""
    try:
        function(*arguments, **named)
    except FairpostError as error:
        return str(error)
    raise AssertionError("it was not refused")
