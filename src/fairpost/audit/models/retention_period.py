"""How long one type of record is kept where that is not its default."""

from __future__ import annotations

from django.db import models


class RetentionPeriod(models.Model):
    """`record_type` is a name out of `fairpost.runtime.retention`."""

    record_type = models.CharField(max_length=100, primary_key=True)
    days = models.PositiveIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "retention_period"
