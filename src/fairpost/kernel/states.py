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
    "queued": mark("queued"),
    "handed_over": mark("handed over"),
    "delivered": mark("delivered"),
    # of relays, keys and what was examined
    "active": mark("active"),
    "waiting": mark("waiting"),
    "retired": mark("retired"),
    "ok": mark("ok"),
    "warning": mark("warning"),
    "error": mark("error"),
    # of appeals, and what is done in them
    "filed": mark("filed"),
    "inadmissible": mark("inadmissible"),
    "assigned": mark("assigned"),
    "in_review": mark("in review"),
    "info_requested": mark("waiting for information"),
    "decided": mark("decided"),
    "closed": mark("closed"),
    "found_inadmissible": mark("found inadmissible"),
    "review_begun": mark("taken into review"),
    "information_requested": mark("asked for information"),
    "information_given": mark("answered"),
    "gone_on_without": mark("gone on with without an answer"),
    "withdrawn": mark("withdrawn"),
    "escalated": mark("escalated"),
    "stay_granted": mark("given a stay"),
    "stay_refused": mark("refused a stay"),
    "stay_by_setting": mark("given a stay, because nobody decided in time"),
    "upheld": mark("upheld"),
    "varied": mark("varied"),
    "remanded": mark("sent back"),
    # of measures, and what is done with them
    "proposed": mark("proposed"),
    "approved": mark("approved"),
    "lifted": mark("lifted"),
    "overturned": mark("overturned"),
    "rejected": mark("returned to its author"),
    "drafted": mark("drafted"),
    "activated": mark("put into force"),
    "first_approval": mark("approved by the first of two"),
    "approval_voided": mark("put to approval again"),
    "stay_ended": mark("released from its stay"),
    "partly_stayed": mark("stayed in part"),
    "partly_stay_ended": mark("released from its partial stay"),
    "partly_overturned": mark("overturned in part"),
    # of held campaigns and cases
    "held": mark("held"),
    "released": mark("released"),
    "blocked": mark("blocked"),
    "returned": mark("returned to its sender"),
    "confirmed": mark("confirmed by its sender"),
    "open": mark("open"),
    # of periods, pauses, clearances and strikes
    "declared": mark("declared by one person"),
    "lapsed": mark("lapsed"),
    "ended": mark("ended"),
    "over": mark("over"),
    "expired": mark("expired"),
    "stayed": mark("stayed"),
    "superseded": mark("superseded"),
    "void": mark("void"),
    "failing": mark("failing"),
    "removed": mark("removed"),
    "refused": mark("refused"),
    "new": mark("new"),
    # of the register, reports and orders
    "public": mark("public"),
    "sealed": mark("sealed"),
    "parties": mark("for the parties"),
    "complained": mark("complained about"),
}


def state_in_words(state: str) -> str:
    """The word that people read for a state; the state itself where the table has none."""
    return _(IN_WORDS[state]) if state in IN_WORDS else state
