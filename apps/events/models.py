"""The backbone's tables.

Everything per event is append-only; what is updated is per subscriber or per failing key.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q


class Xid8Field(models.Field):  # type: ignore[type-arg]
    """A 64-bit transaction id, as text in Python. Never compare two of them there: they compare as text."""

    def db_type(self, connection: Any) -> str:
        """Return the PostgreSQL type."""
        return "xid8"


class EventLog(models.Model):
    """One domain event, written by the transaction that made it true.

    Ids are handed out before the commit, so the order of ids is not the order of commits: nobody may read
    the log by increasing id. The order is in EventStream.
    """

    uid = models.UUIDField(unique=True)
    # The top-level transaction, not the system column xmin, which names the savepoint.
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"), editable=False)
    event_type = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=100)
    user_id = models.BigIntegerField(null=True)
    subject_ids = ArrayField(models.BigIntegerField(), default=list)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    correlation_id = models.UUIDField()
    causation_id = models.UUIDField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "event_log"
        indexes = [
            models.Index(fields=["xid"], name="event_log_xid"),
            models.Index(fields=["event_type", "id"], name="event_log_type"),
            models.Index(fields=["user_id", "id"], name="event_log_user"),
            models.Index(fields=["correlation_id"], name="event_log_correlation"),
            GinIndex(fields=["subject_ids"], name="event_log_subjects"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.uid}"


class EventStream(models.Model):
    """The order of commits: a dense position for every committed event. Written by the sequencer alone."""

    position = models.BigIntegerField(primary_key=True)
    log = models.OneToOneField(
        EventLog, on_delete=models.DO_NOTHING, db_constraint=False, related_name="stream"
    )
    # Copied, so that filters never touch the log.
    event_type = models.CharField(max_length=100)
    key = models.CharField(max_length=100)

    class Meta:
        db_table = "event_stream"
        indexes = [models.Index(fields=["key", "position"], name="event_stream_key")]

    def __str__(self) -> str:
        return f"{self.position}: {self.event_type}"


class Sequencer(models.Model):
    """How far the stream has come: its last position, and the snapshot up to which it is complete."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    since = models.TextField()
    position = models.BigIntegerField(default=0)
    # Transaction ids mean nothing in another cluster, so the cluster is remembered.
    system_identifier = models.TextField()

    class Meta:
        db_table = "event_sequencer"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="event_sequencer_one_row")]

    def __str__(self) -> str:
        return f"sequencer at {self.position}"


class Subscription(models.Model):
    """How far one subscriber has come. Its row lock is the lease: who holds it works for the subscriber."""

    name = models.CharField(max_length=200, primary_key=True)
    types = ArrayField(models.CharField(max_length=100))
    position = models.BigIntegerField()
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


class DeadLetter(models.Model):
    """An event that a subscriber could not handle in all its attempts. Kept after its resolution."""

    class Resolution(models.TextChoices):
        RETRIED = "retried"
        DISCARDED = "discarded"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="dead_letters")
    position = models.BigIntegerField()
    key = models.CharField(max_length=100)
    event_type = models.CharField(max_length=100)
    attempts = models.PositiveIntegerField()
    error = models.TextField()
    died_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    resolution = models.CharField(max_length=9, choices=Resolution, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=150, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "event_dead_letter"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "position"], condition=Q(resolution=""), name="event_dead_letter_once"
            )
        ]
        indexes = [models.Index(fields=["died_at"], name="event_dead_letter_died")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.position}: {self.error.splitlines()[0][:80]}"


class Bridge(models.Model):
    """How far the stream was published to a broker: everything up to `position` is kept there."""

    name = models.CharField(max_length=50, primary_key=True)
    position = models.BigIntegerField(default=0)
    # Which life of the log that was: another one after a restore or a fail-over.
    epoch = models.CharField(max_length=50, blank=True)

    class Meta:
        db_table = "event_bridge"

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


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


class Erasure(models.Model):
    """Whose personal values were taken out of the log, when and by whom. Says nothing about the person."""

    user_id = models.BigIntegerField()
    erased_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    erased_by = models.CharField(max_length=150)
    events = models.PositiveIntegerField()

    class Meta:
        db_table = "event_erasure"

    def __str__(self) -> str:
        return f"user {self.user_id}, {self.events} events"


class Job(models.Model):
    """When a periodic job runs next, and how it went last. The row lock is the lease."""

    name = models.CharField(max_length=200, primary_key=True)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_ms = models.FloatField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        db_table = "event_job"

    def __str__(self) -> str:
        return self.name
