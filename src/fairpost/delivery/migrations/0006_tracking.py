"""Where opens and clicks may be followed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_edges")]
    operations = []
