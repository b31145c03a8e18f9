"""What the watch has seen and done."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDO = "DROP TABLE watch_looked, watch_alarm, returned_provider, sent_provider_batch, sent_provider"


class Migration(migrations.Migration):
    dependencies = [("events", "0003_donations"), ("enforcement", "0008_statements")]
    operations = [migrations.RunSQL(SQL, reverse_sql=UNDO)]
