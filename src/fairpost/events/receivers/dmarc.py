"""Reads DMARC aggregate reports (RFC 7489, appendix C; RFC 9990), in any namespace, and believes no entity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from lxml import etree

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MOST_ROWS = 100_000
LONGEST = 255
PUBLISHED = ("domain", "p", "sp", "np", "pct", "adkim", "aspf", "fo", "testing")


@dataclass(frozen=True, slots=True)
class DmarcRow:
    """Messages from one address with one outcome. `aligned_*` is what DMARC made of them, the rest what was checked."""

    source: str
    messages: int
    disposition: str
    aligned_dkim: bool
    aligned_spf: bool
    header_from: str
    dkim_domain: str
    dkim_result: str
    spf_domain: str
    spf_result: str


@dataclass(frozen=True, slots=True)
class DmarcReport:
    """One report as its writer says it is. `published` is the policy that was found, as text by name."""

    reporter: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    published: dict[str, str]
    rows: tuple[DmarcRow, ...]


def read_dmarc(text: bytes) -> DmarcReport:
    """Raises Invalid for what is no such report, or larger than one."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise unusable() from None
    if root.getroottree().docinfo.internalDTD is not None or name_of(root) != "feedback":
        raise unusable()
    head, policy = child(root, "report_metadata"), child(root, "policy_published")
    records = [each for each in root if name_of(each) == "record"]
    if head is None or policy is None or len(records) > MOST_ROWS:
        raise unusable()
    span = child(head, "date_range")
    report_id = text_of(head, "report_id")
    if not report_id or not text_of(policy, "domain"):
        raise unusable()
    return DmarcReport(
        reporter=text_of(head, "org_name") or text_of(head, "email") or "?",
        report_id=report_id,
        begins_at=moment(text_of(span, "begin")),
        ends_at=moment(text_of(span, "end")),
        published={name: value for name in PUBLISHED if (value := text_of(policy, name))},
        rows=tuple(row for row in map(row_of, records) if row is not None),
    )


def row_of(record: Any) -> DmarcRow | None:
    """None for a record without an address or a number: it says nothing."""
    row, names, results = child(record, "row"), child(record, "identifiers"), child(record, "auth_results")
    evaluated = child(row, "policy_evaluated")
    dkim = [each for each in results if name_of(each) == "dkim"] if results is not None else []
    # Of several signatures the one that passed counts.
    best = next((each for each in dkim if text_of(each, "result") == "pass"), dkim[0] if dkim else None)
    spf = child(results, "spf")
    count = text_of(row, "count")
    try:
        source = str(ip_address(text_of(row, "source_ip")))
    except ValueError:
        return None
    if not count.isdecimal() or len(count) > 18:
        return None
    return DmarcRow(
        source=source,
        messages=int(count),
        disposition=text_of(evaluated, "disposition") or "none",
        aligned_dkim=text_of(evaluated, "dkim") == "pass",
        aligned_spf=text_of(evaluated, "spf") == "pass",
        header_from=domain_of(text_of(names, "header_from")),
        dkim_domain=domain_of(text_of(best, "domain")),
        dkim_result=text_of(best, "result"),
        spf_domain=domain_of(text_of(spf, "domain")),
        spf_result=text_of(spf, "result"),
    )


def name_of(element: Any) -> str:
    """The local name, whatever the namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(element: Any, name: str) -> Any:
    return None if element is None else next((each for each in element if name_of(each) == name), None)


def text_of(element: Any, name: str) -> str:
    """The text of a child as one line, cut; "" where there is none."""
    found = child(element, name)
    text = (found.text or "") if found is not None else ""
    return " ".join("".join(each if each.isprintable() else " " for each in text[: LONGEST * 2]).split())[:LONGEST]


def domain_of(text: str) -> str:
    return text.lower().rstrip(".")


def moment(seconds: str) -> datetime:
    """Seconds since 1970 (RFC 7489, appendix C). Raises Invalid for a time that no report can have."""
    if not seconds.isdecimal() or not 0 < int(seconds[:15]) < 32_503_680_000:
        raise unusable()
    return datetime.fromtimestamp(int(seconds), UTC)


def unusable() -> Invalid:
    return Invalid(_("This is no DMARC aggregate report."))
