"""Room for what became of campaigns that ended long ago, two octets a message and less, in plain SQL."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_canary")]
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
