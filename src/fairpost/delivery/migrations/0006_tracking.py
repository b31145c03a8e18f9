"""Campaigns that anybody may read: a copy without any recipient's data and without anything that is followed."""

from django.db import migrations

SQL = "ALTER TABLE dispatch ADD COLUMN public boolean NOT NULL DEFAULT false"
# What an account shows, the newest first: few rows of many.
INDEX = "CREATE INDEX dispatch_public ON dispatch (account_id, campaign_id) WHERE public"
UNDO = "DROP INDEX dispatch_public; ALTER TABLE dispatch DROP COLUMN public"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_edges")]
    operations = [migrations.RunSQL([SQL, INDEX], reverse_sql=UNDO)]
