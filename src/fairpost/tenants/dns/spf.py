"""Checks that the return path's domain lets the relays send (RFC 7208)."""

from __future__ import annotations

import ipaddress

from fairpost.kernel.text import _
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.spf_record import Evaluation, check_host, spf_records
from fairpost.tenants.dns.subject import Subject

CHECK = "spf"
NOBODY = "192.0.2.1"  # an address of documentation (RFC 5737): walks the record as far as any stranger's would


def check_spf(subject: Subject, resolver: Resolver) -> list[Finding]:
    """One finding about the record, and one for each sending address that it does not let send."""
    domain = subject.return_path_domain
    records = spf_records(domain, resolver)
    if not records:
        return [Finding(CHECK, "error", domain, _("There is no SPF record."), advice_of(subject, _("Publish one")))]
    result, evaluation = check_host(NOBODY, domain, resolver)
    if result in ("permerror", "temperror"):
        return [broken(domain, evaluation)]
    findings = [
        finding
        for address in subject.sending_addresses
        if (finding := refused(address, domain, subject, resolver)) is not None
    ]
    if findings:
        return findings
    if subject.sending_addresses or not subject.spf_include:
        return [summary(domain, evaluation, subject)]
    if subject.spf_include.lower() in evaluation.included:
        return [Finding(CHECK, "ok", domain, _("The record includes {name}.").format(name=subject.spf_include))]
    return [
        Finding(
            CHECK,
            "error",
            domain,
            _("The record does not include {name}.").format(name=subject.spf_include),
            advice_of(subject, _("Change it")),
        )
    ]


def refused(address: str, domain: str, subject: Subject, resolver: Resolver) -> Finding | None:
    """None where the first address of this network (or this address) may send."""
    first = str(ipaddress.ip_network(address, strict=False)[0])
    result, evaluation = check_host(first, domain, resolver)
    if result == "pass":
        return None
    if result in ("permerror", "temperror"):
        return broken(domain, evaluation)
    if evaluation.unsure:
        return Finding(
            CHECK,
            "warning",
            domain,
            _("Whether {address} may send depends on terms that cannot be checked here: {terms}.").format(
                address=address, terms=printable(", ".join(evaluation.unsure))
            ),
            _("Send a test mail and read what its receiver says about SPF."),
        )
    return Finding(
        CHECK,
        "error",
        domain,
        _("The record does not let {address} send (result: {result}).").format(address=address, result=result),
        advice_of(subject, _("Change it")),
    )


def broken(domain: str, evaluation: Evaluation) -> Finding:
    return Finding(
        CHECK,
        "error",
        domain,
        _("The record cannot be evaluated: {fault}.").format(fault=printable(evaluation.fault)),
        _("Mend it: one record, at most 10 lookups in it and in all that it includes."),
    )


def summary(domain: str, evaluation: Evaluation, subject: Subject) -> Finding:
    if subject.sending_addresses:
        found = _("The record lets all {n} sending addresses send; it needs {lookups} of 10 lookups.").format(
            n=len(subject.sending_addresses), lookups=evaluation.lookups
        )
        return Finding(CHECK, "ok", domain, found)
    return Finding(
        CHECK,
        "warning",
        domain,
        _("The record is valid, but which addresses the relays send from is not configured."),
        _("Set FAIRPOST_SENDING_ADDRESSES or FAIRPOST_SPF_INCLUDE so that it can be checked."),
    )


def advice_of(subject: Subject, verb: str) -> str:
    terms = [f"include:{subject.spf_include}"] if subject.spf_include else []
    if not terms and not subject.sending_addresses:
        return _("{verb} that lists the addresses from which your relays send.").format(verb=verb)
    if not terms:
        terms = [f"ip{ipaddress.ip_network(each, strict=False).version}:{each}" for each in subject.sending_addresses]
    value = " ".join(["v=spf1", *terms, "~all"])
    return _('{verb}, for example: {domain} TXT "{value}"').format(
        verb=verb, domain=subject.return_path_domain, value=value
    )
