"""Keys that sign mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DkimKey(models.Model):
    """One DKIM key (RFC 6376, 8463). Without `domain` it is the platform's own and `domain_name` says whose.

    Its life is in its dates: made, then active once its record is in DNS, then retired when the next one is
    active. The private key is encrypted under the installation's key ring and wiped when it retires.
    """

    domain = models.ForeignKey("tenants.SendingDomain", models.PROTECT, null=True, related_name="keys")
    domain_name = models.TextField()
    selector = models.TextField()
    algorithm = models.TextField()
    public_key = models.TextField()
    private_key = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dkim_key"
        constraints = [
            # Over accounts too: two keys under one name in DNS would break each other.
            models.UniqueConstraint(fields=["domain_name", "selector"], name="dkim_key_selector"),
            models.UniqueConstraint(
                fields=["domain", "domain_name", "algorithm"],
                condition=Q(activated_at__isnull=False, retired_at__isnull=True),
                nulls_distinct=False,
                name="dkim_key_one_active",
            ),
            models.CheckConstraint(condition=Q(algorithm__in=["rsa", "ed25519"]), name="dkim_key_algorithm"),
        ]
