"""Two rows of organisations may stand for one body."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_personal_keys")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="same_as",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(same_as__isnull=True) | ~models.Q(same_as=models.F("id")),
                name="organisation_same_as_another",
            ),
        ),
    ]
