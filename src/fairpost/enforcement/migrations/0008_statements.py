"""Statements of reasons as exported, and the trigger that keeps them."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDONE = "DROP TRIGGER statement_of_reasons_kept ON statement_of_reasons"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_installation_keys"), ("enforcement", "0007_reports")]

    operations = [
        migrations.CreateModel(
            name="StatementOfReasons",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.TextField()),
                ("revision", models.IntegerField()),
                ("puid", models.TextField(unique=True)),
                ("reversal", models.TextField(blank=True, default="")),
                ("statement", models.JSONField()),
                ("exported_at", models.DateTimeField()),
                (
                    "exported_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.person"
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="enforcement.measure",
                    ),
                ),
            ],
            options={
                "db_table": "statement_of_reasons",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("measure", "recipient", "revision"), name="statement_of_reasons_revision"
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDONE),
    ]
