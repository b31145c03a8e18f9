"""What the gate must know of a campaign to hold measures against it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()
UNDO = """
DROP INDEX dispatch_unfinished;
DROP INDEX dispatch_open;
ALTER TABLE dispatch DROP COLUMN subject, DROP COLUMN subject_revision, DROP COLUMN held_at;
CREATE INDEX dispatch_open ON dispatch (account_id, campaign_id) WHERE state = 'running';
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_reach"), ("enforcement", "0002_decisions")]
    operations = [migrations.RunSQL(SQL, reverse_sql=UNDO)]
