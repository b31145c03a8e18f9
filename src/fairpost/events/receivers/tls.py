"""Reads SMTP TLS reports (RFC 8460, section 4): sessions that were encrypted, and why others were not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LARGEST = 10_000_000  # octets of JSON
MOST_POLICIES = 100
MOST_DETAILS = 100
LONGEST = 255
HIGHEST = 2**62


@dataclass(frozen=True, slots=True)
class TlsDetail:
    """Sessions that failed for one reason. `result` as in RFC 8460, 4.3."""

    result: str
    sessions: int
    mx: str
    reason: str


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """What was seen of one domain under one kind of policy (sts, tlsa, no-policy-found)."""

    domain: str
    kind: str
    successes: int
    failures: int
    details: tuple[TlsDetail, ...]


@dataclass(frozen=True, slots=True)
class TlsReport:
    """One report as its writer says it is."""

    reporter: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    policies: tuple[TlsPolicy, ...]


def read_tls(text: bytes) -> TlsReport:
    """Raises Invalid for what is no such report, or larger than one."""
    if len(text) > LARGEST:
        raise unusable()
    try:
        data = json.loads(text)
        span = data["date-range"]
        policies = tuple(policy_of(each) for each in data["policies"][:MOST_POLICIES])
        return TlsReport(
            reporter=line(data.get("organization-name")) or "?",
            report_id=line(data["report-id"]),
            begins_at=moment(span["start-datetime"]),
            ends_at=moment(span["end-datetime"]),
            policies=policies,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise unusable() from None


def policy_of(data: dict[str, Any]) -> TlsPolicy:
    policy, summary = data["policy"], data["summary"]
    details = data.get("failure-details") or []
    return TlsPolicy(
        domain=line(policy["policy-domain"]).lower().rstrip("."),
        kind=line(policy.get("policy-type")) or "no-policy-found",
        successes=number(summary.get("total-successful-session-count", 0)),
        failures=number(summary.get("total-failure-session-count", 0)),
        details=tuple(
            TlsDetail(
                line(each.get("result-type")),
                number(each.get("failed-session-count", 0)),
                line(each.get("receiving-mx-hostname")),
                line(each.get("failure-reason-code") or each.get("additional-information")),
            )
            for each in details[:MOST_DETAILS]
        ),
    )


def number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < HIGHEST:
        raise ValueError("no count")
    return value


def line(value: Any) -> str:
    """A text as one line, cut; "" for what is no text."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(each if each.isprintable() else " " for each in text[: LONGEST * 2]).split())[:LONGEST]


def moment(value: str) -> datetime:
    """RFC 3339, with zone."""
    found = datetime.fromisoformat(value.replace("Z", "+00:00").replace("z", "+00:00"))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def unusable() -> Invalid:
    return Invalid(_("This is no report about TLS."))
