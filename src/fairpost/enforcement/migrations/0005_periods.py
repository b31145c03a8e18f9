"""Tables of periods."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0004_appeals")]
    operations = []
