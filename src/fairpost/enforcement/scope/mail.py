"""The facets of one campaign's mail: who sends it for whom, what it says, links to and asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache

from fairpost.enforcement.coverage.reach import facets_of
from fairpost.enforcement.force.store import current
from fairpost.enforcement.models import Clearance
from fairpost.enforcement.queries.content_classes import classify, content_class
from fairpost.enforcement.queries.content_facts import content_facts
from fairpost.enforcement.scope.subject import Subject, subject
from fairpost.tenants.queries.senders import Sender

MOST_REMEMBERED = 20_000


@lru_cache(maxsize=MOST_REMEMBERED)
def plain_facts(account_id: int, version_id: int) -> tuple[str, bool, frozenset[str]]:
    """(hash, whether it asks for a donation, hosts it links to) of an immutable content version."""
    facts = content_facts(account_id, version_id)
    return facts.content_hash, facts.asks_donation, facts.link_hosts


@lru_cache(maxsize=1000)
def class_number(label: str) -> int:
    """The number of `name@version`, which never changes."""
    return content_class(label).id


def mail_subject(
    sender: Sender,
    *,
    campaign_id: int,
    version_id: int,
    template_id: int | None,
    labels: Iterable[str],
    cleared_at: datetime | None,
) -> Subject:
    """The subject of a campaign, with its content held against these content classes (`name@version`)."""
    content, asks, hosts = plain_facts(sender.account_id, version_id)
    numbers = {class_number(each): each for each in labels}
    found = classify(sender.account_id, version_id, numbers)
    facets = facets_of(sender)
    facets["link_domain"] = hosts | ({sender.link_domain} if sender.link_domain else frozenset())
    return subject(
        ["sending", "fundraising"] if asks else ["sending"],
        numbers.values(),
        cleared_at,
        campaign=campaign_id,
        content=content,
        template=template_id,
        content_class={numbers[number] for number, match in found.items() if match.matched},
        **facets,
    )


def labels_in_force() -> frozenset[str]:
    """The content classes by which something in force selects."""
    return frozenset(current().classes)


def cleared_times(contents: Collection[tuple[int, str]]) -> dict[tuple[int, str], datetime]:
    """When each (account, content hash) was last released by a person: for this account, or for all."""
    hashes = {content for _account, content in contents}
    rows = Clearance.objects.filter(content_hash__in=hashes, withdrawn_at=None)
    found: dict[tuple[int | None, str], datetime] = {}
    for account_id, content, at in rows.values_list("account_id", "content_hash", "cleared_at"):
        found[account_id, content] = max(at, found.get((account_id, content), at))
    times = {key: [found[each] for each in (key, (None, key[1])) if each in found] for key in contents}
    return {key: max(each) for key, each in times.items() if each}
