"""Long work that an operator asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    """What is done."""

    RETRY = "RETRY", _("Retry")
    DISCARD = "DISCARD", _("Discard")
    REPLAY = "REPLAY", _("Replay")
    REBUILD = "REBUILD", _("Rebuild")


class State(models.TextChoices):
    """How far it is. It is counted first, and begins when an operator has seen the counts."""

    COUNTING = "COUNTING", _("Counting")
    READY = "READY", _("Waits for your word")
    RUNNING = "RUNNING", _("Under way")
    STOPPED = "STOPPED", _("Stopped")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


# What a worker goes on with.
MOVING = (State.COUNTING, State.RUNNING)


class Operation(models.Model):
    """Long work: a worker does a piece of it at a time, each in one transaction with how far it came.

    So it goes on where it was, whoever dies, and stops between two pieces when told to.
    """

    verb = models.CharField(max_length=10, choices=Verb)
    # What it is about: a filter of dead letters, or a subscriber with a selection of events.
    selection = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State)
    # The preview: how many of what.
    counts = models.JSONField(default=dict)
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    # The last letter that was decided about; of a replay the position it goes on behind.
    reached = models.BigIntegerField(default=0)
    # Of a replay: the position up to which it goes, 0 until it has begun.
    until = models.BigIntegerField(default=0)
    note = models.TextField(blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="operation_moving", condition=Q(state__in=MOVING)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="operation_has_a_reason"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="operation_state_known"),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="operation_verb_known"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}: {self.state}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker goes on with it."""
        return self.state in MOVING

    @property
    def is_about_letters(self) -> bool:
        """Whether it decides about dead letters."""
        return self.verb in (Verb.RETRY, Verb.DISCARD)

    @property
    def share(self) -> int:
        """How much is done, in per cent."""
        return min(100, 100 * (self.done + self.failed) // self.total) if self.total else 0
