"""Achievements of players: one row for each that was ever earned, whatever became of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class UserAchievementQuerySet(models.QuerySet["UserAchievement"]):
    """Achievements."""

    def held(self) -> "UserAchievementQuerySet":
        """Leave out what was revoked."""
        return self.filter(revoked_at=None)


class AchievementTold(models.Model):
    """A player was told of an achievement, when it came or in a digest; it is not made of the log."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    code = models.CharField(max_length=50)

    class Meta:
        verbose_name_plural = "achievements told"
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="achievementtold_once")]

    def __str__(self) -> str:
        return f"{self.code} told to user {self.user_id}"


class UserAchievement(models.Model):
    """A player earned an achievement, once; `apps.user_profile.achievements` says what its code means."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="achievements")
    code = models.CharField(max_length=50)
    # When it was earned first; a revocation that is taken back does not change it.
    unlocked_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    # A person revoked it: no event gives it back.
    is_decided = models.BooleanField(default=False)

    objects: ClassVar[UserAchievementQuerySet] = UserAchievementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code"], name="userachievement_once"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, reason="", is_decided=False)
                | (Q(revoked_at__isnull=False) & ~Q(reason="")),
                name="userachievement_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of user {self.user_id}"
