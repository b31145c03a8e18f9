"""Builds what comes back: a campaign that was sent, its tokens, and the mails that mailbox providers write about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from pyroaring import BitMap
from tests.builders.campaigns import Author

from fairpost.delivery.plan import slices
from fairpost.engine.signing.tokens import CampaignTokens, TokenIssuer
from fairpost.tenants.keyring import installation_keyring

AT = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DOMAIN = "bounces.localhost"  # the default of the setting return_path_domain


def sent(
    author: Author, campaign_id: int, accepted: Iterable[int], *, pending: Iterable[int] = (), test: bool = False,
    domain: str = "sender.example", lists: tuple[int, ...] = (),
) -> Tokens:  # fmt: skip
    """A finished dispatch of these ordinals without a campaign, content or relay behind it; its tokens."""
    taken, members = BitMap(accepted), BitMap(accepted) | BitMap(pending)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch (account_id, campaign_id, state, state_at, pool_id, identity_id, content_version_id,"
            " unit_id, sending_domain, list_ids, audience_size, frozen_at, latest_at, test)"
            " VALUES (%s, %s, 'finished', %s, 1, %s, 1, 1, %s, %s, %s, %s, %s, %s)",
            [author.account_id, campaign_id, AT, author.identity_id, domain, list(lists), len(members), AT, AT, test],
        )
        for number, part in slices(members):
            place = [author.account_id, campaign_id, number]
            cursor.execute(
                "INSERT INTO batch_audience (account_id, campaign_id, batch_no, size, members)"
                " VALUES (%s, %s, %s, %s, %s)",
                [*place, len(part), part.serialize()],
            )
            outcome(author.account_id, campaign_id, number, "accepted", "", part & taken)
    return Tokens(author.account_id, campaign_id, test)


def outcome(account_id: int, campaign_id: int, number: int, state: str, reason: str, members: BitMap) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO batch_outcome (account_id, campaign_id, batch_no, state, reason, size, members)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [account_id, campaign_id, number, state, reason, len(members), members.serialize()],
        )


class Tokens:
    """The addresses of one campaign's recipients, as its mails carry them."""

    def __init__(self, account_id: int, campaign_id: int, test: bool = False) -> None:
        self.account_id, self.campaign_id = account_id, campaign_id
        issuer = TokenIssuer(installation_keyring())
        self.issued: CampaignTokens = issuer.for_campaign(account_id, campaign_id, test)

    def mail(self, ordinal: int) -> str:
        return self.issued.mail(ordinal).decode()

    def return_path(self, ordinal: int) -> str:
        return f"b-{self.mail(ordinal)}@{DOMAIN}"

    def unsubscribe_address(self, ordinal: int, domain: str = DOMAIN) -> str:
        return f"u-{self.issued.unsubscribe(ordinal).decode()}@{domain}"

    def original(self, ordinal: int) -> str:
        """The headers that a returned message quotes."""
        token = self.issued.unsubscribe(ordinal).decode()
        return (
            f"Return-Path: <{self.return_path(ordinal)}>\n"
            "From: News <news@sender.example>\nSubject: News\n"
            f"Message-ID: <{self.mail(ordinal)}@localhost>\n"
            f"List-Unsubscribe: <http://localhost:8025/u/{token}>,\n <mailto:u-{token}@{DOMAIN}?subject=unsubscribe>\n"
            f"Feedback-ID: {self.campaign_id}:{self.account_id}:campaign:fairpost\n"
        )


def bounce(
    recipient: str, *, status: str = "5.1.1", said: str = "550 5.1.1 user unknown", action: str = "failed",
    original: str = "", number: str = "1", to: str = "",
) -> bytes:  # fmt: skip
    """A delivery status notification (RFC 3464) about one recipient."""
    return multipart(
        "delivery-status",
        f"From: MAILER-DAEMON@mx.lake.example\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <bounce{number}@mx.lake.example>\nDate: Mon, 04 Jan 2027 09:00:00 +0000\n"
        "Auto-Submitted: auto-replied\n",
        f"Your message to <{recipient}> could not be delivered.\n\n<{recipient}>: {said}\n",
        "Reporting-MTA: dns; mx.lake.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n",
        original,
    )


def complaint(*, kind: str = "abuse", original: str = "", number: str = "1") -> bytes:
    """A feedback report (RFC 5965)."""
    return multipart(
        "feedback-report",
        "From: fbl@provider.example\nTo: fbl@localhost\nSubject: FW: News\n"
        f"Message-ID: <fbl{number}@provider.example>\n",
        "This is an email abuse report for a message received from 192.0.2.1.\n",
        f"Feedback-Type: {kind}\nUser-Agent: Provider/1.0\nVersion: 1\n",
        original,
        returned="message/rfc822",
    )


def multipart(
    kind: str, head: str, words: str, report: str, original: str, returned: str = "text/rfc822-headers"
) -> bytes:
    parts = [("text/plain", words), (f"message/{kind}", report), (returned, original + "\n")]
    body = "".join(f"--edge\nContent-Type: {each}\n\n{text}\n" for each, text in parts)
    top = f'{head}MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="edge"\n\n'
    return (top + body + "--edge--\n").replace("\n", "\r\n").encode()


def out_of_office(to: str, sender: str = "person1@lake.example") -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Out of office: News\r\nAuto-Submitted: auto-replied\r\n"
        "Message-ID: <ooo@lake.example>\r\n\r\nI am away until Monday.\r\n"
    ).encode()


def feedback_rows(*columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM feedback ORDER BY id")
        return cursor.fetchall()


def suppressions() -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical, reach, reason, source FROM suppression ORDER BY 1, 2, 3")
        return cursor.fetchall()


def totals() -> dict[tuple[int, int], int]:
    """(campaign, kind) -> how many are in the totals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaign_id, kind, sum(total)::int FROM event_hour GROUP BY 1, 2")
        return {(campaign, kind): total for campaign, kind, total in cursor.fetchall()}
