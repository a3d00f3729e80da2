"""A player's statistics: sums over his events, kept by a subscriber, checked by `events verify`."""

from django.conf import settings
from django.db import models


def kda_of(kills: int, deaths: int, assists: int) -> float:
    """Return kills and assists per death."""
    return (kills + assists) / max(deaths, 1)


class UserProfileStats(models.Model):
    """The sums of one player."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stats")
    tournaments_played = models.PositiveIntegerField(default=0)
    matches_played = models.PositiveIntegerField(default=0)
    matches_won = models.PositiveIntegerField(default=0)
    kills = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    assists = models.PositiveIntegerField(default=0)
    teams_joined = models.PositiveIntegerField(default=0)
    teams_left = models.PositiveIntegerField(default=0)
    # Final places; a podium is any of the first three.
    tournaments_won = models.PositiveIntegerField(default=0)
    runner_ups = models.PositiveIntegerField(default=0)
    third_places = models.PositiveIntegerField(default=0)
    podiums = models.PositiveIntegerField(default=0)
    # In the shop, less what was given back.
    coins_spent = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "user profile stats"

    def __str__(self) -> str:
        return f"statistics of user {self.user_id}"

    @property
    def matches_lost(self) -> int:
        """Matches that were not won."""
        return max(self.matches_played - self.matches_won, 0)

    @property
    def win_rate(self) -> float | None:
        """The share of matches won, from 0 to 1; None before the first match."""
        return self.matches_won / self.matches_played if self.matches_played else None

    @property
    def kda(self) -> float | None:
        """Kills and assists per death; None before the first match."""
        return kda_of(self.kills, self.deaths, self.assists) if self.matches_played else None

    @property
    def kill_death_ratio(self) -> float | None:
        """Kills per death; None before the first match."""
        return self.kills / max(self.deaths, 1) if self.matches_played else None
