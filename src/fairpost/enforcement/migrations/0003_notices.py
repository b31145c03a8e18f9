"""Tables of notices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0002_decisions")]
    operations = []
