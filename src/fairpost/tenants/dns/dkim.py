"""Checks that DNS publishes the keys that sign (RFC 6376, 3.6; RFC 8463)."""

from __future__ import annotations

from fairpost.kernel.text import _
from fairpost.tenants.dkim import key_record
from fairpost.tenants.dns.finding import Finding, printable
from fairpost.tenants.dns.resolver import Resolver
from fairpost.tenants.dns.subject import PublishedKey, Subject
from fairpost.tenants.dns.tags import parse_tags

CHECK = "dkim"


def check_dkim(subject: Subject, resolver: Resolver) -> list[Finding]:
    """One finding per key; an error where no key is active at all."""
    findings = [check_key(subject.domain, key, resolver) for key in subject.keys]
    if not any(key.active for key in subject.keys):
        findings.append(
            Finding(
                CHECK,
                "error",
                subject.domain,
                _("No DKIM key is active: mail leaves without a signature of this domain."),
                _("Publish the key's record, then run: fairpost identity activate-key"),
            )
        )
    return findings


def check_key(domain: str, key: PublishedKey, resolver: Resolver) -> Finding:
    """Whether this key can be verified by receivers. A key that is not active yet gives at most a warning."""
    record = key_record(domain, key.selector, key.algorithm, key.public_key)
    texts = [text for text in resolver.txt(record.name) if "p=" in text or "DKIM1" in text]
    publish = _('Publish this TXT record at {name}: "{value}"').format(name=record.name, value=record.value)
    status = "error" if key.active else "warning"
    if not texts:
        return Finding(CHECK, status, record.name, _("There is no DKIM record."), publish)
    if len(texts) > 1:
        # RFC 6376, 3.6.2.2: the result is undefined.
        return Finding(
            CHECK,
            status,
            record.name,
            _("There are {n} DKIM records.").format(n=len(texts)),
            _("Leave only one."),
        )
    if fault := fault_of(texts[0], key):
        return Finding(CHECK, status, record.name, fault, publish)
    if "y" in (parse_tags(texts[0]) or {}).get("t", "").split(":"):
        return Finding(
            CHECK,
            "warning",
            record.name,
            _("The key is published in testing mode (t=y): receivers may ignore its signatures."),
            _("Remove t=y from the record."),
        )
    if key.active:
        return Finding(CHECK, "ok", record.name, _("The key is published and signs."))
    return Finding(CHECK, "ok", record.name, _("The key is published; it can be activated."))


def fault_of(text: str, key: PublishedKey) -> str:
    """Why this record does not publish this key, or an empty string."""
    tags = parse_tags(text)
    if tags is None or tags.get("v", "DKIM1") != "DKIM1":
        return _("The record cannot be read: {text}").format(text=printable(text))
    if tags.get("k", "rsa") != key.algorithm:
        return _("The record is for another kind of key (k={kind}).").format(kind=printable(tags.get("k", "rsa")))
    public = "".join(tags.get("p", "").split())
    if not public:
        return _("The record says that the key is revoked (empty p=).")
    if public != key.public_key:
        return _("The record holds another key.")
    if "h" in tags and "sha256" not in tags["h"].replace(" ", "").split(":"):
        return _("The record does not allow SHA-256 (h={value}).").format(value=printable(tags["h"]))
    if not {"*", "email"} & set(tags.get("s", "*").replace(" ", "").split(":")):
        return _("The record does not allow mail (s={value}).").format(value=printable(tags["s"]))
    return ""
