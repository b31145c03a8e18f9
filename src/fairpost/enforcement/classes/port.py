"""Where content is classified: plain rules until the screening library stands here.

Nobody else is asked whether a mail falls under a content class; whoever takes this port over answers for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from fairpost.enforcement.classes.evaluate import Match


class Classifier(Protocol):
    """Says of one content version which content classes it falls under."""

    def classify(self, account_id: int, version_id: int, class_ids: Iterable[int]) -> dict[int, Match]:
        """An answer for each class. The same question has the same answer for ever: both sides are immutable.

        Raises NotFound for another account's version and for a class that does not exist.
        """
        ...
