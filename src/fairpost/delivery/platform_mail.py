"""Posts the platform's own mail through a relay pool of its own; no measure and no pause stops it.

Each notice is leased, handed over and recorded at once; what a relay puts off or drops is tried again, with longer and
longer waits, for five days. What fails for good is logged and shown, never forgotten.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from django.conf import settings

from fairpost.delivery.models import RelayPool
from fairpost.delivery.queries.relays import RelayToUse, pool_signs, relays_to_use
from fairpost.delivery.reach.trail import QUEUED_AS
from fairpost.delivery.single_post import Answer, send_through
from fairpost.enforcement.notices.gather import contact_address, platform_from
from fairpost.enforcement.notices.posting import ToPost, claim, finish, hand_over, put_off
from fairpost.engine.mime.letter import Letter, compose
from fairpost.engine.outcomes.replies import classify
from fairpost.engine.pacing.backoff import RetrySchedule
from fairpost.engine.ports import Mail, Reply
from fairpost.engine.signing.dkim import Signer
from fairpost.kernel.clock import SYSTEM_CLOCK, Clock
from fairpost.kernel.errors import Invalid
from fairpost.tenants.queries import platform_signature

AT_ONCE = 100
MOST_RELAYS = 3  # tried in one go: all of it ends before a lease does
GIVE_UP = timedelta(days=5)
RETRIES = RetrySchedule(first=5.0, longest=1800.0)
LACKS_SMTPUTF8 = (5, 6, 7)
MASK = "<recipient>"

ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>]+>?")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pool:
    """The relays of the platform's own mail, the preferred first, and the signature that they leave to us."""

    relays: tuple[RelayToUse, ...]
    signers: tuple[Signer, ...]


def post_notices(clock: Clock = SYSTEM_CLOCK) -> int:
    """Posts what is due; the number of notices that a relay took. A job: cut off anywhere, it does no harm."""
    taken = 0
    while batch := claim(clock.now(), AT_ONCE):
        done = post(batch, clock)
        taken += done
        if done < len(batch):
            break  # the rest has its time
    return taken


def post(batch: list[ToPost], clock: Clock) -> int:
    """Tries each notice on the pool's relays in turn until one of them has an answer for it."""
    pool = own_pool()
    left = dict(enumerate((each, composed(each, pool, clock)) for each in batch))
    for number in [number for number, (_each, mail) in left.items() if mail is None]:
        left.pop(number)
    trouble = Reply("connect", 0, None, "no relay of the platform's own pool works")
    taken = 0
    for relay in pool.relays[:MOST_RELAYS]:
        mails = {number: mail for number, (_each, mail) in left.items() if mail is not None}
        for answer in send_through(relay.address, mails):
            if answer.number is None:
                trouble = answer.reply
                continue
            each, mail = left.pop(answer.number)
            assert mail is not None
            taken += settle(each, mail, answer, relay, clock.now())
        if not left:
            return taken
    for each, _mail in left.values():
        settle_later(each, trouble, "", clock.now())
    return taken


def own_pool() -> Pool:
    """The pool that the setting platform_pool names, else the installation's first one."""
    pools = RelayPool.objects.filter(account_id=None)
    pool = pools.filter(name=settings.FAIRPOST.platform_pool).first() or pools.order_by("pk").first()
    if pool is None:
        return Pool((), ())
    relays = [each for each in relays_to_use(settings.FAIRPOST.helo_name) if each.pool_id == pool.pk]
    secret = None if pool_signs(pool.pk) else platform_signature()
    signers = (Signer(secret.domain, secret.selector, secret.private_key_pem),) if secret else ()
    return Pool(tuple(sorted(relays, key=lambda each: -each.weight)), signers)


def composed(each: ToPost, pool: Pool, clock: Clock) -> Mail | None:
    """The message; None where its address cannot be used at all, which ends it."""
    now = clock.now()
    letter = Letter(
        sender=platform_from(),
        recipient=each.address,
        return_path=f"{each.return_path}@{settings.FAIRPOST.return_path_domain}",
        message_id=each.message_id,
        at=each.at,
        subject=each.rendered.subject,
        text=each.rendered.text,
        html=each.rendered.html,
        language=each.rendered.language,
        reply_to=contact_address(),
    )
    try:
        return compose(letter, pool.signers, now.timestamp())
    except Invalid as error:
        fail(each, {"reason": error.message.replace(each.address, MASK)}, now)
        return None


def settle(each: ToPost, mail: Mail, answer: Answer, relay: RelayToUse, now: datetime) -> int:
    """Records what a relay said of one notice; 1 where it took it."""
    reply = answer.reply
    outcome = classify(reply)
    detail = said(each, reply) | {"relay": relay.id, "reason": outcome.reason}
    if outcome.state == "accepted":
        match = QUEUED_AS.search(reply.text.encode())
        detail |= {
            "queue_id": match[1].decode() if match else "",
            "sha256": sha256(mail.content).hexdigest(),
        }
        hand_over(each.notice_id, each.lease, mail.content, detail, now)
        return 1
    about_it = reply.stage in ("rcpt", "data", "dot") or reply.enhanced == LACKS_SMTPUTF8
    if outcome.state == "failed" or (reply.code >= 500 and about_it):
        fail(each, detail, now)
    else:
        settle_later(each, reply, str(relay.id), now)
    return 0


def settle_later(each: ToPost, reply: Reply, relay: str, now: datetime) -> None:
    detail = said(each, reply) | {"relay": relay}
    if now - each.at >= GIVE_UP:
        fail(each, detail, now)
        return
    wait = timedelta(seconds=RETRIES.delay(each.attempts, random.Random()))
    put_off(each.notice_id, each.lease, detail, now, now + wait)


def fail(each: ToPost, detail: dict[str, object], now: datetime) -> None:
    finish(each.notice_id, each.lease, "failed", detail, now)
    log.error("notice.failed", notice=each.notice_id, **detail)


def said(each: ToPost, reply: Reply) -> dict[str, object]:
    """The reply without any address: they are personal, and the recipient's is kept sealed elsewhere."""
    text = ADDRESS.sub(MASK, reply.text).replace(each.address, MASK)
    return {
        "stage": reply.stage,
        "code": reply.code,
        "enhanced": ".".join(map(str, reply.enhanced)) if reply.enhanced else "",
        "text": text[:500],
    }
