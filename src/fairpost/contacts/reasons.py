"""Why an address is suppressed: the reasons that the platform itself gives, declared once; people give their own words.

The one word is stored; what stands beside it here is what people read. Whatever is not declared was written by hand
and is shown as it was written.
"""

from __future__ import annotations

from fairpost.kernel.text import _, mark

UNSUBSCRIBED = "unsubscribed"
COMPLAINT = "complaint"
HARD_BOUNCE = "hard_bounce"
SOFT_BOUNCES = "soft_bounces"
ERASED = "erased"

REASONS = {
    UNSUBSCRIBED: mark("unsubscribed"),
    COMPLAINT: mark("reported a mail as unwanted"),
    HARD_BOUNCE: mark("the address takes no mail"),
    SOFT_BOUNCES: mark("mail to it failed again and again"),
    ERASED: mark("erased at its owner's request"),
    "by_hand": mark("by hand"),
    "imported": mark("imported"),
    "provider": mark("suppressed at the provider"),
}
# What the person said themselves: who mails them again must be able to say why.
SAID_BY_THEM = frozenset({UNSUBSCRIBED, COMPLAINT, ERASED})


def reason_in_words(reason: str) -> str:
    """As people read it, in their language."""
    return _(REASONS[reason]) if reason in REASONS else reason
