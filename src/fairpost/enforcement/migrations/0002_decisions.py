"""Tables of decisions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0001_policies")]
    operations = []
