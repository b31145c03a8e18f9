"""For how long each type of record is kept where somebody set another time than its default."""

from __future__ import annotations

from fairpost.audit.models import RetentionPeriod


def retention_days() -> dict[str, int]:
    """Days by name of the record type; what is missing has its default."""
    return dict(RetentionPeriod.objects.values_list("record_type", "days"))
