"""Whoever above wants to know of single opens and clicks is told inside the transaction that folds them.

A port: `integrations` notes events for webhooks by it when Django is set up. So nothing is told twice or left
out, whatever crashes, and rows may be packed as soon as they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

# cursor of the fold's transaction; hits (events/hits.py: HIT); for each hit the code of the machine behind it
# (events/kinds.py), 0 for a person. Tests are among them; a listener changes nothing of what it is given.
Listener = Callable[[Any, "np.ndarray", "np.ndarray"], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """From now on, in this process, for every fold. Once only, however often it is called."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_folded(cursor: Any, hits: np.ndarray, machine: np.ndarray) -> None:
    """Called by the fold before it commits. What a listener raises ends the transaction."""
    for each in _listeners:
        each(cursor, hits, machine)
