"""How much happened: sums that a job keeps, so that no page counts the log."""

from django.db import models
from django.db.models import Q


class Unit(models.TextChoices):
    """How long a sum's time is. Hours are kept for some days, days for good."""

    HOUR = "hour"
    DAY = "day"


class EventCount(models.Model):
    """How often a type of event occurred within an hour or a day (UTC).

    `actions` are those that no other event caused: what somebody did, and not what followed from it.
    """

    unit = models.CharField(max_length=4, choices=Unit)
    at = models.DateTimeField()
    event_type = models.CharField(max_length=100)
    events = models.BigIntegerField()
    actions = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "at", "event_type"], name="eventcount_once"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="eventcount_unit_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type}, {self.unit} of {self.at:%Y-%m-%d %H:%M}"


class ActivePlayer(models.Model):
    """A player did something on a day (UTC). Only counted, never shown."""

    day = models.DateField()
    user_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "user_id"], name="activeplayer_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} on {self.day}"


class Activity(models.Model):
    """How many players did something on a day, and within the 7 and 30 days that end with it."""

    day = models.DateField(primary_key=True)
    daily = models.BigIntegerField()
    weekly = models.BigIntegerField()
    monthly = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "activity"

    def __str__(self) -> str:
        return f"{self.day}: {self.daily}"


class Counted(models.Model):
    """Up to which position of the stream everything is in the sums. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="counted_one_row")]

    def __str__(self) -> str:
        return f"counted up to {self.position}"
