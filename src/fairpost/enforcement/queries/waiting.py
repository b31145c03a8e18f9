"""What a campaign waits for: everything in force on it, whoever began it, and the words that are still missing."""

from __future__ import annotations

from datetime import datetime

from fairpost.enforcement.actions.review_campaign import VERDICTS
from fairpost.enforcement.force.force import Force
from fairpost.enforcement.force.hook import sentence
from fairpost.enforcement.force.store import current
from fairpost.enforcement.ports import mailings
from fairpost.enforcement.queries.dispositions import HeldView, held_campaign
from fairpost.enforcement.queries.pauses import pause_view
from fairpost.kernel.states import state_in_words
from fairpost.kernel.text import _


def waiting(account_id: int, campaign_id: int, now: datetime) -> tuple[HeldView | None, list[str]]:
    """How the campaign is held (None: it is not), and one sentence for each thing that it waits for.

    For whoever was authorised to read the campaign already.
    """
    held = held_campaign(account_id, campaign_id)
    if held is not None and held.confirmed_at is not None:
        held = None
    forces = stopping(account_id, campaign_id, now)
    said = [in_force(each) for each in forces]
    if held is not None:
        said.insert(0, hold_in_words(held, any(each.source != "pause" for each in forces)))
    return held, said


def stopping(account_id: int, campaign_id: int, now: datetime) -> tuple[Force, ...]:
    """Measures, pauses and periods in force that keep this campaign from being sent, in order."""
    snapshot = current()
    if not snapshot.forces:
        return ()
    mailing = next((each for each in mailings().all([account_id]) if each.campaign_id == campaign_id), None)
    if mailing is None:
        return ()
    answer = snapshot.effective(mailing.subject, now)
    return tuple(each for each in answer.reasons if each in answer.denied or each in answer.review)


def in_force(force: Force) -> str:
    """One thing in force, by whom and since when."""
    by = _("the platform")
    if force.source == "pause":
        by = pause_view(force.source_id, force.starts_at).begun_by
    return _("In force: {what}, by {who} since {at}.").format(
        what=sentence(force), who=by, at=f"{force.starts_at:%F %H:%M}Z"
    )


def hold_in_words(held: HeldView, still: bool) -> str:
    """Since when and by what it is held, and what lets it go."""
    if held.review and held.state == "held" and held.review_due_at is not None:
        then = _("A person reviews it by {at}; if nobody does: {default}.").format(
            at=f"{held.review_due_at:%F %H:%M}Z", default=state_in_words(VERDICTS[held.on_time_out])
        )
    elif still:
        then = _("Once nothing holds it any more, its sender confirms it.")
    else:
        then = _("Nothing holds it any more; it goes on when its sender confirms it.")
    return _("Held since {at} by {reasons}. {then}").format(
        at=f"{held.held_at:%F %H:%M}Z", reasons=", ".join(held.reasons), then=then
    )
