from django.db import migrations

from apps.monitoring.protection import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("monitoring", "0002_milestones"),
    ]

    operations = [migrations.RunSQL(INSTALL, REMOVE)]
