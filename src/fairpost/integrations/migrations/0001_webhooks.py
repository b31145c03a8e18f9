"""Posts of providers, and what is posted to others: who set up what, and the events and posts under way."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    initial = True
    dependencies = [("events", "0003_donations"), ("delivery", "0001_initial"), ("contacts", "0003_consent")]
    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.IntegerField()),
                ("unit_id", models.IntegerField(null=True)),
                ("url", models.TextField()),
                ("events", models.JSONField()),
                ("secret", models.BinaryField()),
                ("old_secret", models.BinaryField(null=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("state", models.TextField(default="active")),
                ("state_reason", models.TextField(blank=True, default="")),
                ("state_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("failures", models.IntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "db_table": "webhook",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "paused", "failing", "removed"])),
                        name="webhook_state",
                    )
                ],
                "indexes": [
                    models.Index(fields=["account_id", "id"], name="webhook_of_account"),
                    models.Index(
                        condition=models.Q(("state", "active")), fields=["next_at"], name="webhook_due"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundHook",
            fields=[
                ("hook_id", models.TextField(primary_key=True, serialize=False)),
                ("account_id", models.IntegerField(null=True)),
                ("provider", models.TextField()),
                ("name", models.TextField(blank=True, default="")),
                ("secret", models.BinaryField(null=True)),
                ("settings", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "inbound_hook",
                "indexes": [models.Index(fields=["account_id", "created_at"], name="inbound_hook_of_account")],
            },
        ),
        migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop),
    ]
