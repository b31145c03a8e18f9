"""A list is a named membership inside one account; its members are bitmaps in `list_chunk`."""

from __future__ import annotations

from django.db import models


class ContactList(models.Model):
    """`public_title` is what contacts read where they may join it by themselves; empty for a list that is internal."""

    account_id = models.IntegerField()
    unit_id = models.IntegerField(null=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    public_title = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "name"],
                condition=models.Q(archived_at=None),
                name="contacts_list_name_once_per_account",
            )
        ]
