"""Keys by which programs act."""

from __future__ import annotations

from django.db import models


class ApiKey(models.Model):
    """A program's right to act in an account, or (no account) over the installation.

    With `person` it is that person's own: it acts as that person, with what the person's roles allow at the moment
    of use, and no more than `capabilities` where these name any. The secret itself is not kept, only its SHA-256.
    """

    account = models.ForeignKey("tenants.Account", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("tenants.BusinessUnit", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+")
    name = models.TextField()
    secret_hash = models.BinaryField()
    capabilities = models.JSONField()
    created_by = models.ForeignKey("tenants.Person", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
