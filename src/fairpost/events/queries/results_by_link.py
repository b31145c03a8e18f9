"""Which links of a campaign's mail were followed, by how many people and how often."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.content.queries.versions import content_version
from fairpost.delivery.queries.dispatches import dispatch_parts
from fairpost.events.kinds import BY_MACHINE, CLICK
from fairpost.events.queries.results import Deed, asked
from fairpost.events.reports.scope import Scope, campaigns_in
from fairpost.kernel.actor import Actor

UNSEEN = -2  # the link that no person sees
# By the primary key's prefix.
COUNTS = """
SELECT link, kind, people, total FROM event_count
WHERE account_id = %s AND campaign_id = %s AND kind = ANY(%s) AND link <> -1
"""


@dataclass(frozen=True, slots=True)
class LinkResult:
    """One link, numbered from 0 in order of appearance; -2 is the one that only machines find, without an address."""

    link: int
    url: str
    donation: bool
    clicked: Deed


def results_by_link(actor: Actor, account_id: int, campaign_id: int) -> list[LinkResult]:
    """Every link of the mail, in order, also those that nobody followed."""
    campaigns_in(actor, account_id, Scope(campaign_id=campaign_id))
    return link_results(account_id, campaign_id)


def link_results(account_id: int, campaign_id: int) -> list[LinkResult]:
    parts = dispatch_parts(account_id, campaign_id)
    links = content_version(account_id, parts.content_version_id).document.links if parts else ()
    counts = {
        (link, kind): (people, total)
        for link, kind, people, total in asked(COUNTS, account_id, campaign_id, [CLICK, CLICK + BY_MACHINE])
    }

    def deed(link: int) -> Deed:
        return Deed(*counts.get((link, CLICK), (0, 0)), *counts.get((link, CLICK + BY_MACHINE), (0, 0)))

    found = [LinkResult(number, each.url, each.donation, deed(number)) for number, each in enumerate(links)]
    if any(link == UNSEEN for link, _kind in counts):
        found.append(LinkResult(UNSEEN, "", False, deed(UNSEEN)))
    return found
