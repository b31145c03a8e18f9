"""Legal holds, and what is kept for another time than its default."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_rewrite")]

    operations = [
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("legal_basis", models.CharField(max_length=500)),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "legal_hold"},
        ),
        migrations.CreateModel(
            name="LegalHoldItem",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=150)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="audit.legalhold"
                    ),
                ),
            ],
            options={"db_table": "legal_hold_item"},
        ),
        migrations.AddConstraint(
            "legalholditem", models.UniqueConstraint(fields=["item", "hold"], name="legal_hold_item_once")
        ),
        migrations.CreateModel(
            name="RetentionPeriod",
            fields=[
                ("record_type", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("days", models.PositiveIntegerField()),
                ("set_at", models.DateTimeField()),
            ],
            options={"db_table": "retention_period"},
        ),
    ]
