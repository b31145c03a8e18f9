"""What comes back in the demo: people and machines open, click and unsubscribe, mail bounces, people complain and give.

They are invented; the edge, the mail intake and the addresses in the mails are the real ones. Each kind of answer comes
from recipients of its own, so that the report can be held against exact numbers.
"""

from __future__ import annotations

import http.client
import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

from fairpost.engine.transport.recording_sink import Entry, Recording
from fairpost.events.actions.take_donations import take_donations
from fairpost.events.donations.lines import DonationLine
from fairpost.events.queries.results import Results
from fairpost.kernel.actor import Actor

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GATEWAY = "Barracuda Sentinel (EE)"
PATH = re.compile(r'(?:href|src)="[^"]*?(/(?:o|c/\d+)/[A-Za-z0-9_.-]+)"')

# How many recipients do what: the first so many, the next so many, and so on.
OPEN, CLICK, GIVE = 60, 30, 15  # of those who open the first CLICK click, of those the first GIVE give
BY_PROXY, BY_GATEWAY = 20, 10
LEAVE, LOOKED_AT, BOUNCE, COMPLAIN = 8, 5, 6, 2
ALL = OPEN + BY_PROXY + BY_GATEWAY + LEAVE + LOOKED_AT + BOUNCE + COMPLAIN
CENTS = 2500
BOUNDARY = "=_demo"


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as its recipient has it: where its return path, its pixel, its links and its way out lead."""

    recipient: str
    return_path: str
    content: bytes
    pixel: str
    links: tuple[str, ...]
    leave: str


def received(recording: Recording, entry: Entry) -> Received:
    content = recording.content(entry)
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("html",))
    paths = PATH.findall(body.get_content()) if body is not None else []
    leave = re.search(r"<https?://[^/>]+(/u/[^>]+)>", str(message["List-Unsubscribe"]))
    honest = tuple(each for each in paths if each.startswith("/c/") and not each.startswith("/c/65534/"))
    pixel = next(each for each in paths if each.startswith("/o/"))
    assert leave is not None
    return Received(entry.recipients[0], entry.sender, content, pixel, honest, leave[1])


class Edge:
    """The edge as mail programs reach it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, agent: str = BROWSER, method: str = "GET") -> tuple[int, str]:
        """(status, where it leads)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            body = "List-Unsubscribe=One-Click" if method == "POST" else None
            headers = {"User-Agent": agent, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location", "")
        finally:
            connection.close()


def answer(
    mails: Sequence[Received], edge: Edge, intake: int, feedback: str, actor: Actor, account_id: int
) -> list[str]:
    """Lets the first ALL mails be answered; returns what went wrong, normally nothing."""
    rest = iter(mails)
    wrong: list[str] = []
    gifts: list[DonationLine] = []
    for number in range(OPEN):
        mail = next(rest)
        expect(wrong, "open", edge.ask(mail.pixel)[0], 200)
        if number < CLICK:
            status, leads_to = edge.ask(mail.links[0])
            expect(wrong, "click", status, 302)
            if number < GIVE:
                gifts.append(gift(number, leads_to))
    for _each in range(BY_PROXY):
        expect(wrong, "open by a proxy", edge.ask(next(rest).pixel, PROXY)[0], 200)
    for _each in range(BY_GATEWAY):
        for link in next(rest).links:
            expect(wrong, "click by a gateway", edge.ask(link, GATEWAY)[0], 302)
    for _each in range(LEAVE):
        expect(wrong, "unsubscribe", edge.ask(next(rest).leave, method="POST")[0], 200)
    for _each in range(LOOKED_AT):
        expect(wrong, "page", edge.ask(next(rest).leave)[0], 200)
    with smtplib.SMTP("127.0.0.1", intake, timeout=20) as post:
        for _each in range(BOUNCE):
            mail = next(rest)
            post.sendmail("", [mail.return_path], bounce(mail))
        for _each in range(COMPLAIN):
            mail = next(rest)
            post.sendmail("fbl@provider.example", [feedback], complaint(mail, feedback))
    taken = take_donations(actor=actor, account_id=account_id, lines=gifts, source="demo")
    wrong += [f"donation: {each.reason}" for each in taken.refused]
    return wrong


def expect(wrong: list[str], what: str, status: int, wanted: int) -> None:
    if status != wanted:
        wrong.append(f"{what}: {status}")


def gift(number: int, page: str) -> DonationLine:
    """What the donation page tells once the form was filled in: the reference came with the link."""
    reference = parse_qs(urlsplit(page).query).get("reference", [""])[0]
    return DonationLine("demo", f"order-{number}", datetime.now(UTC), CENTS, "USD", reference=reference)


def bounce(mail: Received) -> bytes:
    """A delivery status notification (RFC 3464) as a mailbox provider sends it."""
    report = (
        "Reporting-MTA: dns; mx.provider.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n"
    )
    headers = mail.content.partition(b"\r\n\r\n")[0] + b"\r\n"
    parts = [("message/delivery-status", report.encode()), ("text/rfc822-headers", headers)]
    return returned("delivery-status", mail.return_path, "There is no such mailbox here.", parts)


def complaint(mail: Received, to: str) -> bytes:
    """A feedback report (RFC 5965) as a mailbox provider sends it."""
    report = b"Feedback-Type: abuse\r\nUser-Agent: Demo/1.0\r\nVersion: 1\r\n"
    parts = [("message/feedback-report", report), ("message/rfc822", mail.content)]
    return returned("feedback-report", to, "A user of ours marked this as spam.", parts)


def returned(kind: str, to: str, said: str, parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A multipart/report (RFC 6522) of this kind."""
    head = (
        f"From: reports@provider.example\r\nTo: {to}\r\nSubject: Report\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="{BOUNDARY}"\r\n\r\n'
    )
    bodies = [("text/plain", said.encode() + b"\r\n"), *parts]
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Type: {each}\r\n\r\n".encode() + content + b"\r\n" for each, content in bodies
    )
    return head.encode() + body + f"--{BOUNDARY}--\r\n".encode()


def differing(found: Results, suppressed: int) -> list[str]:
    """Where a report is not what was done. `suppressed` are those of the recipients who are left alone now."""
    raised = [(each.gifts, each.raised) for each in found.donated or ()]
    seen = {
        "opened": (found.opened.people, OPEN),
        "opened by machines": (found.opened.machine_people, BY_PROXY),
        "clicked": (found.clicked.people, CLICK),
        "clicked by machines": (found.clicked.machine_people, BY_GATEWAY),
        "unsubscribed": (found.unsubscribed.people, LEAVE),
        "complained": (found.complained.people, COMPLAIN),
        "returned": (found.returned, BOUNCE),
        "suppressed": (suppressed, LEAVE + BOUNCE + COMPLAIN),
        "donated": (raised, [(GIVE, f"{GIVE * CENTS / 100:.2f}")]),
    }
    return [f"{name}: {had} instead of {wanted}" for name, (had, wanted) in seen.items() if had != wanted]
