"""A key without account is the installation's own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_constraints")]
    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
            ),
        ),
    ]
