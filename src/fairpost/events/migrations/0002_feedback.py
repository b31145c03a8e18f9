"""What mailbox providers and people send back: bounces, complaints, reports of receivers."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("events", "0001_events")]
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
