"""What is made of statements is made anew, for each order that something was added to, in the caller's transaction.

Lines and entries of these orders are written over, and what they count for in the totals by the hour changes by the
difference. Where a joint sender's formula has limits, the donor's other orders through it are made anew with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from fairpost.delivery.queries.mailed import Mailed, mailed
from fairpost.events.donations.attribution import why_not
from fairpost.events.donations.splitting import Divided, directed, divide_all
from fairpost.events.donations.standing import Standing, standings
from fairpost.events.donations.statements import Statement, plain, statements_of
from fairpost.events.kinds import DONATION, NO_LINK
from fairpost.events.totals import Total, add_totals, hour_of
from fairpost.tenants.queries.receivers import Receivers

Order = tuple[str, str]
LINE = (
    "platform", "order_id", "line_item", "at", "amount", "currency", "refunded", "charged_back", "excess", "receiver",
    "designated", "organisation_id", "joint_sender_id", "notice_version", "note", "reference", "campaign_id", "ordinal",
    "unit_id", "identity_id", "reason", "window_days", "recurring", "plan", "sequence", "cancelled_at", "donor",
    "statements",
)  # fmt: skip
LINE_TYPES = (
    "text", "text", "text", "timestamptz", "bigint", "text", "bigint", "bigint", "bigint", "text",
    "text", "integer", "integer", "integer", "text", "text", "integer", "integer",
    "integer", "integer", "text", "integer", "boolean", "text", "integer", "timestamptz", "bytea",
    "integer",
)  # fmt: skip
ENTRY = ("platform", "order_id", "line_item", "kind", "event_id", "organisation_id", "at", "amount", "currency")
ENTRY_TYPES = ("text", "text", "text", "text", "text", "integer", "timestamptz", "bigint", "text")

OF_ORDERS = "account_id = %s AND (platform, order_id) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
# By the index on donors.
SAME_DONORS = """
    SELECT DISTINCT platform, order_id FROM donation
    WHERE account_id = %s AND donor = ANY(%s) AND joint_sender_id = ANY(%s)"""
# By the primary keys' prefixes.
ATTRIBUTED = f"""
    SELECT platform, order_id, campaign_id, at FROM donation WHERE {OF_ORDERS} AND campaign_id IS NOT NULL"""
NAMES = "SELECT platform, receiver, organisation_id FROM donation_receiver WHERE account_id = %s"


def rebuild(cursor: Any, account_id: int, orders: Collection[Order], known: Receivers, window_days: int) -> None:
    """Makes these orders anew. The caller holds the account's turn."""
    if not orders:
        return
    statements = statements_of(cursor, account_id, orders)
    wider = set(orders) | of_same_donors(cursor, account_id, statements, known)
    if wider != set(orders):
        statements = statements_of(cursor, account_id, wider)
    campaigns = campaigns_of(account_id, statements)
    names = receiver_names(cursor, account_id)
    lines = [directed(each, known, names, sent_with(each, campaigns)) for each in standings(statements)]
    divide_all(lines)
    rows = [line_row(each, campaigns, window_days) for each in lines]
    before = counted(read(cursor, ATTRIBUTED, account_id, wider))
    replace_rows(cursor, "donation", account_id, wider, LINE, LINE_TYPES, rows)
    replace_rows(cursor, "donation_entry", account_id, wider, ENTRY, ENTRY_TYPES, list(entry_rows(lines)))
    count_difference(cursor, account_id, before, counted(read(cursor, ATTRIBUTED, account_id, wider)))


def of_same_donors(cursor: Any, account_id: int, statements: Iterable[Statement], known: Receivers) -> set[Order]:
    """Other orders of these donors through joint senders whose limits are counted over all of them."""
    limited = [each.joint_sender_id for each in known.joints if each.limited]
    donors = {each.donor for each in statements if each.donor is not None}
    if not limited or not donors:
        return set()
    cursor.execute(SAME_DONORS, [account_id, list(donors), limited])
    return set(cursor.fetchall())


def campaigns_of(account_id: int, statements: Iterable[Statement]) -> dict[int, Mailed]:
    named = {each.campaign_id for each in statements if each.campaign_id is not None and not each.reason}
    return mailed(account_id, [each for each in named if each < 1 << 31]) if named else {}


def sent_with(standing: Standing, campaigns: Mapping[int, Mailed]) -> Mailed | None:
    """The campaign of a genuine reference, whether the window was over or not."""
    line = standing.line
    return campaigns.get(line.campaign_id or 0) if not line.reason else None


def receiver_names(cursor: Any, account_id: int) -> dict[tuple[str, str], int]:
    cursor.execute(NAMES, [account_id])
    return {(platform, name): organisation for platform, name, organisation in cursor.fetchall()}


def line_row(made: Divided, campaigns: Mapping[int, Mailed], window_days: int) -> tuple[Any, ...]:
    standing, line = made.standing, made.standing.line
    reason = why_not(line, campaigns, window_days)
    sent = None if reason else campaigns[line.campaign_id or 0]
    return (
        *standing.key, line.at, standing.amount, line.currency, standing.sum_of("refund"),
        standing.sum_of("chargeback"), standing.excess, line.receiver, line.designated, made.organisation_id,
        made.joint_sender_id, made.formula and made.formula.version, ",".join(made.notes), line.reference,
        sent and sent.campaign_id, line.ordinal if sent else None, sent and sent.unit_id, sent and sent.identity_id,
        reason, window_days, line.recurring, line.plan, line.sequence, standing.cancelled_at, line.donor,
        standing.statements,
    )  # fmt: skip


def entry_rows(lines: Iterable[Divided]) -> Iterable[tuple[Any, ...]]:
    for made in lines:
        for each in made.entries:
            yield (
                *made.standing.key, each.kind, each.event_id, each.organisation_id, each.at, each.amount,
                made.standing.line.currency,
            )  # fmt: skip


def read(cursor: Any, sql: str, account_id: int, orders: Collection[Order]) -> list[Any]:
    cursor.execute(sql, [account_id, [each[0] for each in orders], [each[1] for each in orders]])
    return [plain(row) for row in cursor.fetchall()]


def replace_rows(
    cursor: Any,
    table: str,
    account_id: int,
    orders: Collection[Order],
    columns: Sequence[str],
    types: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    cursor.execute(
        f"DELETE FROM {table} WHERE {OF_ORDERS}",
        [account_id, [each[0] for each in orders], [each[1] for each in orders]],
    )
    if rows:
        arrays = ", ".join(f"%s::{each}[]" for each in types)
        cursor.execute(
            f"INSERT INTO {table} (account_id, {', '.join(columns)}) SELECT %s, t.* FROM unnest({arrays}) AS t",
            [account_id, *(list(column) for column in zip(*rows, strict=True))],
        )


def counted(lines: Iterable[Sequence[Any]]) -> Counter[tuple[int, datetime]]:
    """How many gifts of each campaign in each hour: an order counts once, at its first line."""
    first: dict[tuple[str, str, int], datetime] = {}
    for platform, order, campaign, at in lines:
        key = (platform, order, campaign)
        first[key] = min(at, first.get(key, at))
    return Counter((campaign, hour_of(at)) for (_platform, _order, campaign), at in first.items())


def count_difference(
    cursor: Any, account_id: int, before: Counter[tuple[int, datetime]], after: Counter[tuple[int, datetime]]
) -> None:
    changes = {key: after[key] - before[key] for key in before | after if after[key] != before[key]}
    add_totals(
        cursor,
        [Total(account_id, campaign, DONATION, NO_LINK, hour, change) for (campaign, hour), change in changes.items()],
    )
