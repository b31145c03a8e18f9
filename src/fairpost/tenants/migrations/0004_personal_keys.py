"""A key may be a person's own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys")]
    operations = [
        migrations.AddField(
            model_name="apikey",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
            ),
        ),
    ]
