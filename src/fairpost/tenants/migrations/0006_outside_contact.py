"""Addresses outside an account that get its notices too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_same_body")]
    operations = [
        migrations.CreateModel(
            name="OutsideContact",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.TextField()),
                ("language", models.TextField()),
                ("verified_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.account"
                    ),
                ),
            ],
            options={"db_table": "outside_contact"},
        ),
        migrations.AddConstraint(
            model_name="outsidecontact",
            constraint=models.UniqueConstraint(fields=("account", "email"), name="outside_contact_once"),
        ),
    ]
