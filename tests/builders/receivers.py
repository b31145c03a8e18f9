"""Builds reports of receivers and the mails that they come in."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from typing import Any


def dmarc(
    domain: str = "sender.example", *, number: str = "r1", rows: list[tuple[str, int, str, str, str]] | None = None,
    org: str = "provider.example", namespace: str = "",
) -> bytes:  # fmt: skip
    """An aggregate report. A row is (address, messages, DKIM, SPF, header from)."""
    records = "".join(
        f"<record><row><source_ip>{ip}</source_ip><count>{count}</count><policy_evaluated>"
        f"<disposition>{'none' if 'pass' in (dkim, spf) else 'quarantine'}</disposition>"
        f"<dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row>"
        f"<identifiers><header_from>{name}</header_from></identifiers>"
        f"<auth_results><dkim><domain>x.example</domain><result>fail</result></dkim>"
        f"<dkim><domain>{name}</domain><result>{dkim}</result></dkim>"
        f"<spf><domain>bounces.localhost</domain><result>{spf}</result></spf></auth_results></record>"
        for ip, count, dkim, spf, name in rows or [("192.0.2.1", 3, "pass", "fail", domain)]
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feedback{namespace}><report_metadata><org_name>{org}</org_name>'
        f"<email>noreply@{org}</email><report_id>{number}</report_id>"
        "<date_range><begin>1798934400</begin><end>1799020799</end></date_range></report_metadata>"
        f"<policy_published><domain>{domain}</domain><p>none</p><pct>100</pct></policy_published>{records}</feedback>"
    ).encode()


def tls(domain: str = "sender.example", *, number: str = "t1", **changes: Any) -> bytes:
    """A TLS report as RFC 8460, appendix B."""
    policy = {
        "policy": {"policy-type": "sts", "policy-domain": domain, "mx-host": [f"mx.{domain}"]},
        "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
        "failure-details": [
            {"result-type": "certificate-expired", "receiving-mx-hostname": "mx1", "failed-session-count": 303}
        ],
    }
    span = {"start-datetime": "2027-01-03T00:00:00Z", "end-datetime": "2027-01-03T23:59:59Z"}
    whole = {"organization-name": "Provider", "date-range": span, "report-id": number, "policies": [policy], **changes}
    return json.dumps(whole).encode()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data)


def zipped(*files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for number, each in enumerate(files):
            file.writestr(f"report{number}.xml", each)
    return made.getvalue()


def report_mail(attachment: bytes, kind: str = "application/gzip") -> bytes:
    text = base64.encodebytes(attachment).decode()
    return (
        "From: noreply@provider.example\nTo: dmarc@localhost\nSubject: Report domain: sender.example\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="edge"\n\n'
        "--edge\nContent-Type: text/plain\n\nThis is a report.\n"
        f"--edge\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{text}\n--edge--\n"
    ).replace("\n", "\r\n").encode()
