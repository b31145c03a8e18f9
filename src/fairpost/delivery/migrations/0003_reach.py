"""What a relay still queues: its kind, the access to its queue, and what is known and asked of it."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("0003_reach.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0002_relays"),
    ]

    operations = [
        migrations.AddField("relay", "kind", models.CharField(default="smtp", max_length=20)),
        migrations.AddField("relay", "queue_access", models.JSONField(blank=True, default=dict)),
        migrations.AddField("relay", "queue_secret_encrypted", models.BinaryField(default=b"")),
        migrations.RunSQL(SQL, reverse_sql="DROP TABLE relay_outcome, relay_hold, relay_log"),
    ]
