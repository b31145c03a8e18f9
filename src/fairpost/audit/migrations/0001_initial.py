"""The record's table with the triggers that make it append-only."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(SQL, reverse_sql="DROP TABLE audit_event; DROP FUNCTION audit_event_refuse"),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor_via", models.TextField()),
                ("actor_name", models.TextField(blank=True, default="")),
                ("actor_person_id", models.IntegerField(null=True)),
                ("actor_api_key_id", models.IntegerField(null=True)),
                ("act", models.TextField()),
                ("account_id", models.IntegerField(null=True)),
                ("subject", models.TextField()),
                ("reason", models.TextField(null=True)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "audit_event",
                "managed": False,
            },
        ),
    ]
