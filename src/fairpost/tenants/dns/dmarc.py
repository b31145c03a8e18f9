"""Checks that a DMARC record applies and that the identity's mail will pass it (RFC 9989)."""

from __future__ import annotations

from fairpost.kernel.text import _
from fairpost.tenants.dns.dmarc_record import (
    POLICIES,
    REMOVED_TAGS,
    DmarcRecord,
    aligned,
    applicable,
    organisational_domain,
    policy,
    walk_tree,
)
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.subject import Subject

CHECK = "dmarc"


def check_dmarc(subject: Subject, resolver: Resolver) -> list[Finding]:
    """A finding on the policy, and one for each thing in the record that does not do what it seems to."""
    walk = walk_tree(subject.domain, resolver)
    several = [
        Finding(
            CHECK,
            "error",
            f"_dmarc.{name}",
            _("There are several DMARC records; receivers ignore them all."),
            _("Leave only one."),
        )
        for name in walk.ambiguous
    ]
    record = applicable(walk)
    if record is None:
        return several or [absent(subject.domain)]
    return [
        *several,
        on_policy(record, subject, resolver, organisational_domain(walk)),
        *on_tags(record),
    ]


def absent(domain: str) -> Finding:
    return Finding(
        CHECK,
        "error",
        f"_dmarc.{domain}",
        _("There is no DMARC record, neither here nor above; large mailbox providers require one of bulk senders."),
        _('Publish at least: _dmarc.{domain} TXT "v=DMARC1; p=none"').format(domain=domain),
    )


def on_policy(record: DmarcRecord, subject: Subject, resolver: Resolver, organisational: str) -> Finding:
    wanted = policy(record, subject.domain)
    by_dkim = any(key.active for key in subject.keys)  # they sign with the From domain itself: aligned in both modes
    by_spf = aligned(subject.domain, subject.return_path_domain, record.value("aspf", "r"), resolver)
    found = _("Policy {policy}, by _dmarc.{domain}; the organisational domain is {organisational}.").format(
        policy=wanted, domain=record.domain, organisational=organisational
    )
    if by_dkim or by_spf:
        ways = [name for name, holds in (("DKIM", by_dkim), (_("the return path"), by_spf)) if holds]
        found += " " + _("Mail aligns by {ways}.").format(ways=_(" and ").join(ways))
        return Finding(CHECK, "ok", f"_dmarc.{record.domain}", found)
    return Finding(
        CHECK,
        "error",
        f"_dmarc.{record.domain}",
        found + " " + _("Nothing aligns: mail fails DMARC."),
        _("Activate a DKIM key of this domain."),
    )


def on_tags(record: DmarcRecord) -> list[Finding]:
    findings = []
    name = f"_dmarc.{record.domain}"
    if removed := [tag for tag in REMOVED_TAGS if tag in record.tags]:
        findings.append(
            Finding(
                CHECK,
                "warning",
                name,
                _("{tags}: no longer part of DMARC; receivers that follow RFC 9989 ignore it.").format(
                    tags=", ".join(removed)
                ),
                _("Remove it; to try a policy without its full effect, use t=y."),
            )
        )
    wrong = [tag for tag in ("p", "sp", "np") if record.value(tag, "none") not in POLICIES]
    if wrong or "p" not in record.tags:
        findings.append(
            Finding(
                CHECK,
                "warning",
                name,
                _("The policy is missing or cannot be read ({value}); it counts as none.").format(
                    value=printable(", ".join(f"{tag}={record.tags[tag]}" for tag in wrong) or "p")
                ),
                _("Write p=none, p=quarantine or p=reject."),
            )
        )
    return findings
