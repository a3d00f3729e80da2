"""When subscribers were where."""

from django.db import models
from django.utils import timezone


class Milestone(models.Model):
    """A subscriber was seen at a position for the first time: what lies before it was delivered by then."""

    subscriber = models.CharField(max_length=200)
    position = models.BigIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "position"], name="milestone_once")]
        indexes = [models.Index(fields=["seen_at"], name="milestone_age")]

    def __str__(self) -> str:
        return f"{self.subscriber} at {self.position}"
