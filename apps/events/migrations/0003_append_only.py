from django.db import migrations

from apps.events.protection import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("events", "0002_again_from_the_log")]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
