"""A sign-up form is a public page by which people join lists of one account, once they confirmed by mail."""

from __future__ import annotations

from django.db import models


class SignupForm(models.Model):
    """`lists` are ids, `attributes` names of what is asked, `origins` web origins that may post to it (none: all)."""

    account_id = models.IntegerField()
    unit_id = models.IntegerField(null=True)
    public_id = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    lists = models.JSONField()
    attributes = models.JSONField()
    consent = models.CharField(max_length=40)
    mail_text = models.TextField()
    origins = models.JSONField()
    redirect_url = models.TextField()
    identity_id = models.IntegerField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "id"], name="contacts_form_by_account")]
