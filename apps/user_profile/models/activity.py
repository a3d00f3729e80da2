"""What a player did, as lines for the profile and the feed."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from apps.events.errors import EventError


class AppendOnly(EventError):
    """An activity tells what happened; it is never rewritten."""


class UserActivityQuerySet(models.QuerySet["UserActivity"]):
    """Activities."""

    def update(self, **fields: Any) -> NoReturn:
        """Refuse: what happened stays what happened."""
        raise AppendOnly("activities are never rewritten: log a new event")

    def blank_previews(self, user_id: int, post_id: int) -> None:
        """Forget what a post said, the one thing that may be taken out: that something was posted stays."""
        posted = self.filter(user_id=user_id, event_type="POST_CREATED", event_data__post_id=post_id)
        super(UserActivityQuerySet, posted).update(event_data={"post_id": post_id, "preview": ""})

    def standing(self) -> "UserActivityQuerySet":
        """Leave out what a later activity of the same player took back."""
        activities = self
        for taking, taken, key in UserActivity.TAKEN_BACK:
            about = f"event_data__{key}"
            later = UserActivity.objects.filter(
                user=OuterRef("user"), event_type=taking, id__gt=OuterRef("id"), **{about: OuterRef(about)}
            )
            activities = activities.exclude(Exists(later), event_type=taken)
        return activities


class UserActivity(models.Model):
    """One thing a player did. An event makes one activity of a player, however often it is handled."""

    # A type, the type of the earlier activities that it takes back, and what in their data is the same.
    TAKEN_BACK: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("MATCH_RETRACTED", "MATCH_WON", "match_id"),
        ("MATCH_RETRACTED", "TOURNAMENT_MATCH_COMPLETED", "match_id"),
        ("TOURNAMENT_WITHDRAWN", "TOURNAMENT_REGISTERED", "tournament_id"),
        ("PLACEMENT_RETRACTED", "TOURNAMENT_PLACEMENT", "tournament_id"),
        ("ACHIEVEMENT_REVOKED", "ACHIEVEMENT_UNLOCKED", "achievement_code"),
        ("PRIZE_TAKEN_BACK", "PRIZE_EARNED", "transaction_id"),
        ("POST_DELETED", "POST_CREATED", "post_id"),
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="activities")
    event_type = models.CharField(max_length=50)
    event_data = models.JSONField(default=dict)
    is_public = models.BooleanField(default=True)
    event_id = models.UUIDField()
    occurred_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserActivityQuerySet] = UserActivityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "user activities"
        constraints = [models.UniqueConstraint(fields=["event_id", "user"], name="useractivity_once")]
        indexes = [models.Index("user", F("occurred_at").desc(), F("id").desc(), name="useractivity_latest")]

    def __str__(self) -> str:
        return f"{self.event_type} of user {self.user_id}"

    def save(self, *args: Any, **options: Any) -> None:
        """Insert the activity; refuse to change one."""
        if not self._state.adding:
            raise AppendOnly("activities are never rewritten: log a new event")
        super().save(*args, **options)
