"""An import is one file taken in: where it came from, how far it got, what came of it."""

from __future__ import annotations

from django.db import models

STATES = ("staging", "done", "cancelled", "failed")


class ContactImport(models.Model):
    """`plan` is how the file is read; `offset` the byte up to which it is staged; `tally` the counts so far.

    `expected_size` and `fingerprint` tell on resume whether it is still the same file.
    """

    account_id = models.IntegerField()
    unit_id = models.IntegerField(null=True)
    list_id = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES])
    file_name = models.TextField()
    path = models.TextField()
    expected_size = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64)
    consent = models.TextField()
    plan = models.JSONField()
    offset = models.BigIntegerField(default=0)
    tally = models.JSONField(default=dict)
    rejects_path = models.TextField(default="")
    started_by = models.TextField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "-id"], name="contacts_import_by_account")]
