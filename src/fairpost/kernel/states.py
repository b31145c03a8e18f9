"""States are stored and sent as they are declared; people read them in their language.

One table for all of them, so that translators meet each word once and know what it is for: "a campaign is
{state}", or the column `state` of a table.
"""

from __future__ import annotations

from fairpost.kernel.text import _, mark

IN_WORDS = {
    # of campaigns and imports
    "draft": mark("draft"),
    "scheduled": mark("scheduled"),
    "started": mark("started"),
    "planning": mark("planning"),
    "running": mark("running"),
    "paused": mark("paused"),
    "stopped": mark("stopped"),
    "cancelled": mark("cancelled"),
    "finished": mark("finished"),
    "staging": mark("staging"),
    "given_up": mark("given up"),
    "done": mark("done"),
    # of recipients
    "pending": mark("pending"),
    "accepted": mark("accepted"),
    "deferred": mark("deferred"),
    "withheld": mark("withheld"),
    "failed": mark("failed"),
    "in_doubt": mark("in doubt"),
    "unknown": mark("unknown"),
    # of relays, keys and what was examined
    "active": mark("active"),
    "waiting": mark("waiting"),
    "retired": mark("retired"),
    "ok": mark("ok"),
    "warning": mark("warning"),
    "error": mark("error"),
}


def state_in_words(state: str) -> str:
    """The word that people read for a state; the state itself where the table has none."""
    return _(IN_WORDS[state]) if state in IN_WORDS else state
