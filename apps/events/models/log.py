"""What was said, and in which order."""

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
