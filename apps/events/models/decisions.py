"""What could not be handled, what operators did, and what runs by the clock."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Left

from apps.events.models.delivery import Subscription

FAULT_CHARS_MAX = 200


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
    # What failed, whoever it was about: the first line with its numbers taken out. Letters of one fault are
    # one group.
    fault = models.GeneratedField(
        expression=Left(
            Func(
                Func(F("error"), Value("\n"), Value(1), function="split_part"),
                Value(r"\d+"),
                Value("#"),
                Value("g"),
                function="regexp_replace",
            ),
            FAULT_CHARS_MAX,
        ),
        output_field=models.CharField(max_length=FAULT_CHARS_MAX),
        db_persist=True,
    )
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
        indexes = [
            models.Index(fields=["died_at"], name="event_dead_letter_died"),
            models.Index(
                fields=["subscription", "fault", "id"],
                condition=Q(resolution=""),
                name="event_dead_letter_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.position}: {self.error.splitlines()[0][:80]}"


class Act(models.Model):
    """What an operator did to the delivery of events: who, when, why. Append-only, by a trigger.

    `by` is a username, or the system's user of a shell; `target` is a subscriber, or empty.
    """

    acted_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    by = models.CharField(max_length=150)
    verb = models.CharField(max_length=20)
    target = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "event_act"
        indexes = [models.Index(fields=["acted_at"], name="event_act_time")]

    def __str__(self) -> str:
        return f"{self.by}: {self.verb} {self.target}"


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
