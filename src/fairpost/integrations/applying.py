"""What a genuine post says is applied to the account that it concerns, and to no other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from fairpost.engine.signing.tokens import TokenClaims, TokenIssuer
from fairpost.events.actions.take_donations import take_donations
from fairpost.events.actions.take_feedback import take_bounce, take_complaint
from fairpost.integrations.providers import Hook
from fairpost.integrations.providers.happenings import Bounced, Complained, Donated, Happening
from fairpost.kernel.clock import Clock
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _
from fairpost.tenants.keyring import installation_keyring


@dataclass
class Applied:
    """Counts of one post, and what was wrong in it."""

    taken: int = 0
    known: int = 0
    foreign: int = 0
    wrong: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """What of the post was not used; empty where all of it was."""
        said = []
        if self.known:
            said.append(_("{count} were taken before").format(count=self.known))
        if self.foreign:
            said.append(_("{count} concern no mail of this account").format(count=self.foreign))
        return "; ".join([*said, *self.wrong])[:1000]


def apply(hook: Hook, happening: Happening, came_at: datetime, clock: Clock, applied: Applied) -> None:
    """In the caller's transaction. The same again changes nothing."""
    if isinstance(happening, Donated):
        apply_donations(hook, happening, clock, applied)
    elif isinstance(happening, (Bounced, Complained)):
        apply_feedback(hook, happening, came_at, applied)


def apply_feedback(hook: Hook, happening: Bounced | Complained, came_at: datetime, applied: Applied) -> None:
    """A mail that is named by a token of ours tells account, campaign and contact; else the address, in an account's
    own hook only: whoever may post to one account says nothing about another's contacts."""
    claims = claims_of(happening.names, came_at)
    address = happening.failed.recipient if isinstance(happening, Bounced) else happening.address
    account_id = claims.account_id if claims else hook.account_id
    if account_id is None or hook.account_id not in (None, account_id):
        applied.foreign += 1
        return
    about = {
        "account_id": account_id,
        "campaign_id": claims.campaign_id if claims else None,
        "ordinal": claims.ordinal if claims else None,
        "address": address,
        "source": "webhook",
        "digest": digest_of(hook, happening, address),
        "at": happening.at or came_at,
    }
    if isinstance(happening, Complained):
        taken = take_complaint(**about, feedback_type=happening.feedback_type, reporter=hook.provider)
    else:
        said = happening.failed
        taken = take_bounce(
            **about, cls=said.cls, hard=said.hard, status=said.status, code=said.code,
            confidence=said.confidence, diagnostic=said.diagnostic,
        )  # fmt: skip
    if not taken.new:
        applied.known += 1
    elif taken.why:
        applied.foreign += 1
    else:
        applied.taken += 1


def claims_of(names: tuple[str, ...], now: datetime) -> TokenClaims | None:
    """What the first genuine one of these Message-IDs and return paths says."""
    tokens = TokenIssuer(installation_keyring())
    for name in names:
        local = name.strip().strip("<>").rpartition("@")[0]
        for read in (tokens.read_address, lambda text, at: tokens.read("mail", text, at)):
            try:
                return read(local, now)
            except Invalid:
                continue
    return None


def digest_of(hook: Hook, happening: Bounced | Complained, address: str) -> bytes:
    """The same for the same report, by whichever hook of its provider it comes."""
    kind = "bounce" if isinstance(happening, Bounced) else "complaint"
    return hashlib.sha256("\n".join((hook.provider, kind, happening.id, address.lower())).encode()).digest()


def apply_donations(hook: Hook, happening: Donated, clock: Clock, applied: Applied) -> None:
    applied.wrong += [
        _("line {number}: {why}").format(number=number, why=why) for number, why in happening.wrong
    ]
    if hook.account_id is None or not happening.lines:
        return
    taken = take_donations(
        account_id=hook.account_id, lines=happening.lines, source=f"webhook:{hook.hook_id}", clock=clock
    )
    applied.taken += taken.added
    applied.known += taken.already
    applied.wrong += [_("order {order}: {why}").format(order=each.order_id, why=each.reason) for each in taken.refused]
