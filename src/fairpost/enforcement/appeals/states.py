"""The states of an appeal and the acts that lead from one to the next; whatever the table does not name is refused.

Time decides nothing here: an appeal that nobody touched in time is escalated, and stays what it is.
"""

from __future__ import annotations

# state -> act -> state
APPEAL: dict[str, dict[str, str]] = {
    "": {"filed": "filed"},
    "filed": {"found_inadmissible": "inadmissible", "assigned": "assigned", "withdrawn": "withdrawn"},
    "assigned": {
        "assigned": "assigned",
        "review_begun": "in_review",
        "found_inadmissible": "inadmissible",
        "withdrawn": "withdrawn",
    },
    "in_review": {
        "assigned": "assigned",
        "information_requested": "info_requested",
        "decided": "decided",
        "withdrawn": "withdrawn",
    },
    "info_requested": {
        "assigned": "assigned",
        "information_given": "in_review",
        "gone_on_without": "in_review",
        "withdrawn": "withdrawn",
    },
    "decided": {"closed": "closed"},
    "inadmissible": {},
    "withdrawn": {},
    "closed": {},
}
# Possible in every state in which somebody works on it, and without effect on the state.
WITHOUT_STATE = frozenset({"escalated", "stay_granted", "stay_refused", "stay_by_setting"})

OPEN = frozenset({"filed", "assigned", "in_review", "info_requested"})
ENDED = frozenset(APPEAL) - OPEN - {""}
# After these the same party may appeal again while its window is open: nobody has judged yet.
UNJUDGED = frozenset({"inadmissible", "withdrawn"})

OUTCOMES = ("upheld", "varied", "overturned", "remanded")
ACTS = frozenset(act for acts in APPEAL.values() for act in acts) | WITHOUT_STATE


def after(state: str, act: str) -> str | None:
    """The state after this act, or None where the act is not possible in this state."""
    if act in WITHOUT_STATE:
        return state if state in OPEN else None
    return APPEAL[state].get(act)
