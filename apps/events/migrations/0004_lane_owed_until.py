from django.db import migrations, models

# A replay may be under way: whoever is parked owes, as until now, all that it takes back.
OWE = """
UPDATE event_lane SET owed_until = replay_until
  FROM event_subscription s WHERE subscription_id = s.name
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0003_append_only")]

    operations = [
        migrations.AddField("lane", "owed_until", models.BigIntegerField(default=0)),
        migrations.RunSQL(OWE, migrations.RunSQL.noop),
    ]
