"""What a provider says, in one form whoever says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairpost.engine.outcomes.failed_recipient import FailedRecipient
from fairpost.events.donations.lines import Line


@dataclass(frozen=True, slots=True)
class Bounced:
    """A mail came back. `id` tells the report from others of its provider, `names` are Message-IDs and return paths."""

    id: str
    names: tuple[str, ...]
    failed: FailedRecipient
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Complained:
    """A recipient reported a mail. `feedback_type` is as in RFC 5965, "abuse" where nothing is said."""

    id: str
    names: tuple[str, ...]
    address: str
    feedback_type: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Donated:
    """Lines of donations and changes of them; `wrong` are (place among those given, why) of those that are none."""

    lines: Sequence[Line]
    wrong: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Confirm:
    """The provider asks whether it may post here; whoever asks `url` says yes."""

    url: str


Happening = Bounced | Complained | Donated | Confirm
