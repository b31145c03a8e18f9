"""A campaign that was sent and that something came back of, small enough to be counted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection
from pyroaring import BitMap
from tests.builders.campaigns import Author
from tests.builders.content import page
from tests.builders.hits import AT, Edge, fold_all

from fairpost.delivery.connect import connect
from fairpost.delivery.fold.apply import apply_states
from fairpost.delivery.plan import write_batches
from fairpost.events.actions.take_feedback import take_bounce, take_complaint
from fairpost.events.hits import HONEYPOT_LINK
from fairpost.events.kinds import APPLE, UNSUBSCRIBE
from fairpost.events.members import add_members
from fairpost.events.totals import Total, add_totals, hour_of

LINKS = '<p><a href="https://lake.example/read">Read</a> <a href="https://lake.example/give" data-donation>Give</a></p>'
PEOPLE = [f"p{n}@{'lake' if n <= 6 else 'shore'}.example" for n in range(1, 13)]


@dataclass
class Sent:
    """One campaign of `author`, sent to contacts 1 to 12."""

    author: Author
    campaign_id: int
    name: str

    @property
    def account_id(self) -> int:
        return self.author.account_id


def sent(author: Author, *, begun_at: datetime = AT, joint_sender_id: int | None = None, unit_id: int = 0) -> Sent:
    """Twelve in the audience: nine accepted, one failed, one withheld, one pending."""
    version = author.version(page(LINKS))
    number = author.campaign(content_version_id=version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM campaign WHERE id = %s", [number])
        name = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
            " unit_id, joint_sender_id, sending_domain, audience_size, frozen_at, latest_at)"
            " VALUES (%s, %s, 'running', %s, 1, %s, %s, %s, %s, 'sender.example', 12, %s, %s)",
            [author.account_id, number, begun_at, author.identity_id, version, unit_id or author.tenant.unit_id,
             joint_sender_id, begun_at, begun_at],
        )  # fmt: skip
    with connect() as own:
        write_batches(own, author.account_id, number, BitMap(range(1, 13)), begun_at)
        with own.transaction(), own.cursor() as cursor:
            states = {("accepted", ""): [*range(1, 10)], ("failed", "unknown_user"): [10]}
            apply_states(cursor, (author.account_id, number, 0), {**states, ("withheld", "unsubscribed"): [11]})
    return Sent(author, number, name)


def come_back(campaign: Sent, folder: Path) -> None:
    """Opened by 1, 2, 3 (1 twice) and by a machine for 3 and 4; read by 1 (twice) and 2, given by 1; 5 is a machine.

    6 unsubscribed, 7 complained, 8 came back as an unknown user.
    """
    edge = Edge(folder, campaign.account_id, campaign.campaign_id)
    edge.open(1, 2, 3, at=60)
    edge.open(1, at=7200)
    edge.open(3, 4, at=61, agent=APPLE)
    edge.click(1, 2, link=0, at=120)
    edge.click(1, link=0, at=500)
    edge.click(1, link=1, at=800)
    edge.click(5, link=0, at=30)
    edge.click(5, link=HONEYPOT_LINK, at=30)
    edge.die()
    fold_all(folder)
    account, number = campaign.account_id, campaign.campaign_id
    with connection.cursor() as cursor:
        add_members(cursor, account, number, UNSUBSCRIBE, BitMap([6]), day=AT.date())
        add_totals(cursor, [Total(account, number, UNSUBSCRIBE, -1, hour_of(AT), 1)])
    take_bounce(
        account_id=account, campaign_id=number, ordinal=8, address="p8@shore.example", cls="unknown_user", hard=True,
        status="5.1.1", code="550", confidence=1.0, diagnostic="no such user", source="mail", digest=b"8", at=AT,
    )  # fmt: skip
    take_complaint(
        account_id=account, campaign_id=number, ordinal=7, address="p7@shore.example", source="mail", digest=b"7",
        at=AT,
    )  # fmt: skip
