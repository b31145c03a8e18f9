"""Campaigns that begin with a small part."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDO = """
DROP INDEX dispatch_canary;
ALTER TABLE dispatch DROP COLUMN canary_size, DROP COLUMN canary_state, DROP COLUMN canary_seconds,
    DROP COLUMN canary_until, DROP COLUMN canary_reason;
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0006_tracking")]
    operations = [migrations.RunSQL(SQL, reverse_sql=UNDO)]
