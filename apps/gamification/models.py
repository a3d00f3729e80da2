"""Experience: every point with its reason, and the sums by which players are ranked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class XPEntry(models.Model):
    """Points that one event gave a player, or took from him. Append-only, by a trigger."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=30)
    points = models.IntegerField()
    # The game of the tournament that they were won in.
    game = models.ForeignKey(
        "games.Game", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    event_id = models.UUIDField()
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "XP entries"
        constraints = [
            models.UniqueConstraint(fields=["event_id", "user"], name="xpentry_once"),
            models.CheckConstraint(condition=~Q(points=0), name="xpentry_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+} XP for user {self.user_id}: {self.rule}"


class PlayerLevel(models.Model):
    """A player's points and level. `highest_level` is the last one announced: points may be taken back."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    xp_total = models.PositiveBigIntegerField(default=0)
    level = models.PositiveIntegerField(default=1)
    highest_level = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(F("xp_total").desc(), "user", name="playerlevel_ranking")]

    def __str__(self) -> str:
        return f"level {self.level} of user {self.user_id}"


class GameXP(models.Model):
    """A player's points in one game."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, related_name="+", db_index=False)
    xp_total = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "game"], name="gamexp_once")]
        indexes = [models.Index("game", F("xp_total").desc(), "user", name="gamexp_ranking")]

    def __str__(self) -> str:
        return f"{self.xp_total} XP of user {self.user_id} in game {self.game_id}"
