"""Tables of appeals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0003_notices")]
    operations = []
