"""Who agreed to what, when and how; forms, and who may be tracked."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_control_plane")]
    operations = []
