"""Finds the DMARC record that applies to a domain, and its organisational domain, by RFC 9989's tree walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.tags import parse_tags

MOST_QUERIES = 8  # of one walk: the name itself, then at most seven labels
POLICIES = ("none", "quarantine", "reject")
REMOVED_TAGS = ("pct", "rf", "ri")  # of RFC 7489, no longer read


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """A valid record at `_dmarc.<domain>`."""

    domain: str
    tags: Mapping[str, str]

    def value(self, tag: str, default: str) -> str:
        return self.tags.get(tag, default).strip().lower()


@dataclass(frozen=True, slots=True)
class Walk:
    """The records that a walk found, from the name upwards; `ambiguous` names had several, so none counts."""

    start: str
    records: tuple[DmarcRecord, ...]
    queries: int
    ambiguous: tuple[str, ...] = ()


def walk_tree(domain: str, resolver: Resolver) -> Walk:
    """Asks from the name upwards, at most eight times, and stops at a record with psd=y or psd=n."""
    found: list[DmarcRecord] = []
    ambiguous: list[str] = []
    names = walked_names(domain)
    asked = 0
    for name in names:
        asked += 1
        records = dmarc_records(name, resolver)
        if len(records) > 1:
            ambiguous.append(name)
        elif records:
            found.append(records[0])
            if records[0].value("psd", "u") in ("y", "n"):
                break
    return Walk(domain, tuple(found), asked, tuple(ambiguous))


def walked_names(domain: str) -> list[str]:
    """The names that a walk asks: a long name's own, then from its last seven labels up to the last one."""
    labels = domain.split(".")
    parents = labels[1:] if len(labels) <= MOST_QUERIES else labels[-(MOST_QUERIES - 1) :]
    return [domain, *(".".join(parents[i:]) for i in range(len(parents)))]


def dmarc_records(domain: str, resolver: Resolver) -> list[DmarcRecord]:
    found = []
    for text in resolver.txt(f"_dmarc.{domain}"):
        tags = parse_tags(text)
        if tags and next(iter(tags)) == "v" and tags["v"] == "DMARC1":
            found.append(DmarcRecord(domain, tags))
    return found


def organisational_domain(walk: Walk) -> str:
    """The domain that alignment is measured by, out of a walk that began at the domain in question."""
    for record in walk.records:
        psd = record.value("psd", "u")
        if psd == "n":
            return record.domain
        if psd == "y" and record.domain != walk.start:
            return one_label_below(record.domain, walk.start)
    return walk.records[-1].domain if walk.records else walk.start


def one_label_below(parent: str, name: str) -> str:
    return ".".join(name.split(".")[-(parent.count(".") + 2) :])


def applicable(walk: Walk) -> DmarcRecord | None:
    """The record whose policy applies: the domain's, else its organisational domain's, else the suffix's."""
    organisational = organisational_domain(walk)
    by_domain = {record.domain: record for record in walk.records}
    for name in (walk.start, organisational):
        if name in by_domain:
            return by_domain[name]
    suffixes = [each for each in walk.records if each.value("psd", "u") == "y"]
    return suffixes[-1] if suffixes else None


def policy(record: DmarcRecord, domain: str, exists: bool = True) -> str:
    """none, quarantine or reject for mail from `domain`.

    Np counts for names that do not exist, t=y takes one step.
    """
    own = record.value("p", "none")
    wanted = own
    if record.domain != domain:
        below = record.value("sp", own)
        wanted = below if exists else record.value("np", below)
    if wanted not in POLICIES:
        wanted = "none"
    if record.value("t", "n") == "y" and wanted != "none":
        wanted = POLICIES[POLICIES.index(wanted) - 1]
    return wanted


def aligned(author_domain: str, other: str, mode: str, resolver: Resolver) -> bool:
    """Whether two domains align: equal, or with mode `r` of one organisational domain."""
    if author_domain == other:
        return True
    if mode == "s":
        return False
    return organisational_domain(walk_tree(author_domain, resolver)) == organisational_domain(
        walk_tree(other, resolver)
    )
