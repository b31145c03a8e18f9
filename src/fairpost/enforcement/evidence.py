"""The hash of all that a case holds: an approver must have opened exactly this."""

from __future__ import annotations

from hashlib import sha256

from fairpost.enforcement.models import Evidence


def evidence_hash(case_id: int) -> str:
    """SHA-256 over the hashes of all pieces in order; of a case without evidence, over nothing."""
    pieces = Evidence.objects.filter(case_id=case_id).order_by("pk").values_list("sha256", flat=True)
    return sha256("\n".join(pieces).encode()).hexdigest()
