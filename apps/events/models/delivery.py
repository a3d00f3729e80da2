"""How far every subscriber has come, and what it keeps of keys that fail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q


class Subscription(models.Model):
    """How far one subscriber has come. Its row lock is the lease: who holds it works for the subscriber."""

    name = models.CharField(max_length=200, primary_key=True)
    types = ArrayField(models.CharField(max_length=100))
    position = models.BigIntegerField()
    # Where it began: what is at or before this position it never heard, unless it was replayed.
    began_after = models.BigIntegerField(default=0)
    # Keys that are parked; kept here so that the locking statement reads it as of the lock.
    parked = models.PositiveIntegerField(default=0)
    paused = models.TextField(blank=True)
    # When it paused itself: the next time it tries its oldest failure. Null when a person paused it.
    probe_at = models.DateTimeField(null=True)
    # Until this position the subscriber hears again what it has heard, as far as the filter says.
    replay_until = models.BigIntegerField(default=0)
    replay_filter = models.JSONField(default=dict)
    # How many keys were handled and how many failed in the minute that began at `minute_at`.
    minute_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    minute_keys = models.PositiveIntegerField(default=0)
    minute_failed = models.PositiveIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    busy_ms = models.FloatField(default=0)

    class Meta:
        db_table = "event_subscription"

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class Lane(models.Model):
    """A parked key: a private cursor. The stream passes over the key; the lane delivers it, in order, later.

    `position` is the last event of the key that was handled; the one after it failed.
    """

    class State(models.TextChoices):
        RETRY = "retry"
        DEAD = "dead"

    pk = models.CompositePrimaryKey("subscription_id", "key")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="lanes")
    key = models.CharField(max_length=100)
    position = models.BigIntegerField()
    state = models.CharField(max_length=5, choices=State, default=State.RETRY)
    attempts = models.PositiveIntegerField(default=0)
    # Parked when a replay began: the stream was here, so the lane owes all events up to here. A lane that
    # opens later owes what the stream has passed over, and no more: the rest is heard from the stream.
    owed_until = models.BigIntegerField(default=0)
    # How often the process died of the next event.
    deaths = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    failed_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    error = models.TextField()

    class Meta:
        db_table = "event_lane"
        indexes = [
            models.Index(fields=["subscription", "due_at"], name="event_lane_due", condition=Q(state="retry"))
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.key}: {self.state}"


class Attempt(models.Model):
    """What a worker is about to run, written on a second connection before it does.

    A marker that another worker finds where it wants to begin is a process that died of what it ran.
    """

    subscription = models.OneToOneField(
        Subscription, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="attempt"
    )
    holder = models.UUIDField()
    # The lane's key; empty for the stream.
    key = models.CharField(max_length=100, blank=True)
    position = models.BigIntegerField()
    upto = models.BigIntegerField()
    running = models.BooleanField()
    # Up to here the stream is run one event at a time: one of these killed a process.
    suspect_upto = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_attempt"

    def __str__(self) -> str:
        return f"{self.subscription_id} ({self.position}, {self.upto}]"


class StoredTally(models.Model):
    """What one subscriber did with events of one type in one minute; once old, in one hour. See `tallies`."""

    # The moment first: pages ask for all that was since then.
    pk = models.CompositePrimaryKey("began_at", "width_s", "subscriber", "event_type")
    began_at = models.DateTimeField()
    width_s = models.PositiveSmallIntegerField()
    subscriber = models.CharField(max_length=200)
    event_type = models.CharField(max_length=100)
    delivered = models.BigIntegerField()
    failed = models.BigIntegerField()
    retried = models.BigIntegerField()
    dead = models.BigIntegerField()
    busy_ms = models.FloatField()
    buckets = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "event_tally"

    def __str__(self) -> str:
        return f"{self.subscriber} {self.event_type} {self.began_at}"
