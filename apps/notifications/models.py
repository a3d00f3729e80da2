"""What players are told."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications."""

    def standing(self) -> Self:
        """Leave out what was taken back."""
        return self.filter(retracted_at=None)

    def unread(self) -> Self:
        """Keep what stands and was not read."""
        return self.standing().filter(read_at=None)


class Notification(models.Model):
    """One line for one player about one event; a second time the event changes nothing.

    The text is kept as it was written in the code, with placeholders: `{actor}` becomes the name that the
    actor has when it is read, the others come from `values`.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    values = models.JSONField(default=dict, blank=True)
    # Where it leads; empty is the actor's page.
    url = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # What it is about, in the words of the app that sent it (`invitation:7`): by that it is taken back.
    about = models.CharField(max_length=80, blank=True)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event_id"], name="notification_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="notification_says_something"),
        ]
        indexes = [
            models.Index("recipient", models.F("id").desc(), name="notification_latest"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at=None, retracted_at=None),
                name="notification_unread",
            ),
            models.Index(
                fields=["kind", "about"],
                condition=models.Q(retracted_at=None) & ~models.Q(about=""),
                name="notification_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for user {self.recipient_id}"
