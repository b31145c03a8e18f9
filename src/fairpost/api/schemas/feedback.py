"""What came back, and what receivers report of a domain, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from fairpost.api.schemas.fields import Told


class Feedback(Told):
    """One bounce, refusal or complaint."""

    id: int
    at: datetime
    kind: str = Field(
        description="hard_bounce, soft_bounce, refusal, notice (no failure), complaint, not_spam or auth_failure."
    )
    cls: str = Field(serialization_alias="class", description="The class of the bounce, such as unknown_user.")
    campaign_id: int | None
    address: str = Field(description="The address that was named, which may be one that mail was forwarded to.")
    status: str = Field(description="Enhanced status code (RFC 3463), or empty.")
    code: str = Field(description="SMTP reply code, or empty.")
    confidence: float = Field(description="0 to 1: how sure the class is.")
    diagnostic: str
    source: str = Field(description="mail, webhook or relay.")
    effect: str = Field(description="suppressed, counted or none.")
    why: str = Field(description="Why it had no effect, where something kept it from one.")
    counted: bool = Field(description="Whether rates count it: the first of its kind for this recipient and campaign.")
    sending_domain: str
    provider: str = Field(description="The mailbox provider, or the domain where it is not known.")


class ClassCount(Told):
    """Recipients of a campaign, each once per kind."""

    kind: str
    cls: str = Field(serialization_alias="class")
    recipients: int


class DmarcSource(Told):
    """Messages from one address, as receivers saw them."""

    source: str
    messages: int
    passed: int
    aligned_dkim: int
    aligned_spf: int
    held_back: int = Field(description="Quarantined or rejected.")
    dkim_domains: list[str]
    spf_domains: list[str]


class DmarcLine(Told):
    reporter: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    messages: int
    published: dict[str, str] = Field(description="The policy that the reporter found.")


class Dmarc(Told):
    """Aggregate reports about mail from a domain (RFC 7489). Nothing proves who wrote them."""

    domain: str
    days: int
    messages: int
    passed: int
    sources: list[DmarcSource]
    reports: list[DmarcLine]


class TlsLine(Told):
    """One report about TLS sessions to a domain (RFC 8460)."""

    reporter: str
    policy: str
    begins_at: datetime
    ends_at: datetime
    successes: int
    failures: int
    details: list[dict[str, Any]]
