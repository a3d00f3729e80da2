"""The copies that `events verify` compares with their sources."""

from collections.abc import Iterable
from functools import partial

from django.db.models import Count, Sum

from apps.events.verify import figure
from apps.user_profile.models import (
    Follow,
    FollowCounts,
    TeamSeat,
    UserActivity,
    UserProfile,
    UserProfileStats,
)
from apps.user_profile.services.stats import COUNTERS


def stored_stats(counter: str) -> Iterable[tuple[int, int]]:
    """Read one sum of every player."""
    return UserProfileStats.objects.values_list("user_id", counter)


def stored_activities(event_type: str) -> Iterable[tuple[int, int]]:
    """Count every player's activities of one type."""
    rows = UserActivity.objects.filter(event_type=event_type).order_by()
    return rows.values("user_id").annotate(count=Count("id")).values_list("user_id", "count")


def stored_follows(counter: str) -> Iterable[tuple[int, int]]:
    """Read one of every player's counts."""
    return FollowCounts.objects.values_list("user_id", counter)


def follows_by(side: str) -> Iterable[tuple[int, int]]:
    """Count every player's rows on one side of the graph."""
    rows = Follow.objects.values(side).annotate(count=Count("id"))
    return ((row[side], row["count"]) for row in rows)


def stored_seats() -> Iterable[tuple[int, int]]:
    """Count every player's seats, as privacy knows them."""
    return TeamSeat.objects.values("user_id").annotate(count=Sum("seats")).values_list("user_id", "count")


def stored_coins(column: str) -> Iterable[tuple[int, int]]:
    """Read one copy of what the economy books, of every player."""
    return UserProfile.objects.values_list("user_id", column)


for counter in COUNTERS:
    figure(f"user_profile.stats.{counter}", stored=partial(stored_stats, counter))
figure("user_profile.activity.team_joined", stored=partial(stored_activities, "TEAM_JOINED"))
figure("user_profile.activity.team_left", stored=partial(stored_activities, "USER_LEFT_TEAM"))
figure(
    "user_profile.follows.follower_count",
    source=partial(follows_by, "followed_id"),
    stored=partial(stored_follows, "follower_count"),
)
figure(
    "user_profile.follows.following_count",
    source=partial(follows_by, "follower_id"),
    stored=partial(stored_follows, "following_count"),
)
figure("user_profile.team_seats", stored=stored_seats)
figure("user_profile.deltacoin_balance", stored=partial(stored_coins, "deltacoin_balance"))
figure("user_profile.lifetime_earnings", stored=partial(stored_coins, "lifetime_earnings"))
