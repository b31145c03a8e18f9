"""What comes back from recipients: single events, whom they name once, and how many there were, in plain SQL."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    initial = True
    dependencies = [("delivery", "0005_edges")]
    operations = [migrations.RunSQL(SQL, reverse_sql=migrations.RunSQL.noop)]
