"""Posts the mails that ask people to confirm a sign-up, through the platform's own relays and in its own name.

They come from the platform and not from the account's identity, with the account's address for replies: whoever gets
one has agreed to nothing yet, the account must have no way to write to strangers by typing addresses into its own form,
and a campaign's queue, pace or pause must not keep a person waiting who stands before the form.
"""

from __future__ import annotations

import random
from datetime import timedelta
from hashlib import sha256
from html import escape

import structlog
from django.conf import settings

from fairpost.contacts.queries.consent_texts import text_called
from fairpost.contacts.queries.forms import FormRow, form_of, lists_asked
from fairpost.contacts.signup.requests import ToConfirm, claim_requests, put_off_request, settle_request
from fairpost.contacts.signup.tokens import TERM, signup_token
from fairpost.contacts.words import words_of
from fairpost.delivery.platform_mail import MOST_RELAYS, Pool, own_pool
from fairpost.delivery.single_post import Answer, send_through
from fairpost.enforcement.notices.gather import platform_from
from fairpost.engine.mime.letter import Letter, compose
from fairpost.engine.outcomes.replies import classify
from fairpost.engine.pacing.backoff import RetrySchedule
from fairpost.engine.ports import Mail
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.tenants.queries.identities import identity

AT_ONCE = 50
RETRIES = RetrySchedule(first=5.0, longest=1800.0)

log = structlog.get_logger(__name__)


def post_confirmations(clock: Clock = SYSTEM_CLOCK) -> int:
    """Posts what is due; how many a relay took. A job: cut off anywhere, at worst a mail comes twice."""
    batch = claim_requests(clock.now(), AT_ONCE)
    if not batch:
        return 0
    pool = own_pool()
    left: dict[int, tuple[ToConfirm, Mail]] = {}
    for number, each in enumerate(batch):
        mail = composed(each, pool, clock)
        if mail is None:
            settle_request(each.account_id, each.id, "failed")
        else:
            left[number] = (each, mail)
    taken = 0
    for relay in pool.relays[:MOST_RELAYS]:
        for answer in send_through(relay.address, {number: mail for number, (_each, mail) in left.items()}):
            if answer.number is not None:
                taken += settle(left.pop(answer.number)[0], answer, clock)
        if not left:
            return taken
    for each, _mail in left.values():
        later(each, clock)
    return taken


def settle(each: ToConfirm, answer: Answer, clock: Clock) -> int:
    """1 where the relay took it. What is refused for good was perhaps no address: nobody is told."""
    outcome = classify(answer.reply)
    if outcome.state == "accepted":
        settle_request(each.account_id, each.id, "posted")
        return 1
    if outcome.state == "failed":
        settle_request(each.account_id, each.id, "failed")
    else:
        later(each, clock)
    return 0


def later(each: ToConfirm, clock: Clock) -> None:
    """Tried again until the token would have ended."""
    now = clock.now()
    if now - each.requested_at >= TERM:
        settle_request(each.account_id, each.id, "failed")
        return
    wait = timedelta(seconds=RETRIES.delay(each.attempts, random.Random()))
    put_off_request(each.account_id, each.id, now + wait)


def composed(each: ToConfirm, pool: Pool, clock: Clock) -> Mail | None:
    """The message; None where the form is closed meanwhile or the address cannot be used."""
    row = form_of(each.account_id, each.form_id)
    if row is None or row.closed_at is not None:
        return None
    # The token's week runs from the request, not from the attempt.
    url = f"{settings.FAIRPOST.platform_url.rstrip('/')}/f/confirm/"
    url += signup_token(each.account_id, each.id, each.requested_at)
    sender = identity(row.account_id, row.identity_id)
    paragraphs = paragraphs_of(row, each, sender.organisation, url)
    number = sha256(f"{each.account_id} {each.id} {each.requested_at.isoformat()}".encode()).hexdigest()[:32]
    letter = Letter(
        sender=platform_from(),
        recipient=each.address,
        return_path=f"{platform_from().partition('@')[0]}@{settings.FAIRPOST.return_path_domain}",
        message_id=f"<sign-up.{number}@{settings.FAIRPOST.platform_host}>",
        at=each.requested_at,
        subject=words_of(row.language)["mail_subject"].format(title=row.title),
        text="\n\n".join(paragraphs) + "\n",
        html=page(row, paragraphs, url),
        language=row.language,
        reply_to=sender.reply_to or sender.from_address,
    )
    try:
        return compose(letter, pool.signers, clock.now().timestamp())
    except Invalid as error:
        log.error("signup.failed", account=each.account_id, request=each.id, reason=type(error).__name__)
        return None


def paragraphs_of(row: FormRow, each: ToConfirm, sender: str, url: str) -> list[str]:
    """What the mail says, the same in both of its parts. Nothing of it was typed into the form."""
    words = words_of(row.language)
    lists = ", ".join(name for _number, name in lists_asked(row))
    text = text_called(row.account_id, each.text_version)
    found = [words["mail_intro"].format(sender=sender), f"{row.title} ({lists})", row.mail_text]
    if text is not None:
        found.append(f"{words['mail_agreed']}\n{text.text}")
    found += [words["mail_open"], url, words["mail_ignore"]]
    return [each for each in found if each]


def page(row: FormRow, paragraphs: list[str], url: str) -> str:
    def shown(text: str) -> str:
        if text == url:
            return f'<a href="{escape(url)}">{escape(url)}</a>'
        return escape(text).replace("\n", "<br>")

    body = "\n".join(f"<p>{shown(each)}</p>" for each in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="{row.language}"><head><meta charset="utf-8"></head>\n'
        f'<body style="font-family:sans-serif;max-width:40em">\n{body}\n</body></html>\n'
    )
