"""Names the classes a failure can have and holds one failed recipient.

The classes are those of the test material's `expected.csv`; docs/reference/bounces.md says what follows from each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Class = Literal[
    "unknown_user",
    "unknown_host",
    "mailbox_full",
    "disabled",
    "filtered",
    "temporary",
    "policy",
    "content",
    "too_big",
    "not_a_failure",
    "complaint",
    "other",
]
CLASSES: tuple[str, ...] = get_args(Class)
HARD: frozenset[str] = frozenset({"unknown_user", "unknown_host"})


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """What was said of one recipient.

    status: enhanced status code such as "5.1.1" (RFC 3463), or "". code: reply code such as "550", or "".
    cls: one of `Class`. hard: the address will never work, so it is suppressed. confidence: 0 to 1, how sure the
    class is. diagnostic: the text the class was read from. action: as in RFC 3464, section 2.3.3, or "".
    """

    recipient: str
    status: str
    code: str
    cls: Class
    hard: bool
    confidence: float
    diagnostic: str
    action: str
