"""The sources that `events verify` compares copies with."""

from collections.abc import Iterable

from django.db.models import Count

from apps.events.verify import figure
from apps.teams.models import TeamMembership


def seats_taken() -> Iterable[tuple[int, int]]:
    """Count every player's seats, past and present."""
    rows = TeamMembership.objects.values("user_id").annotate(count=Count("id"))
    return rows.values_list("user_id", "count")


def seats_left() -> Iterable[tuple[int, int]]:
    """Count every player's past seats."""
    rows = TeamMembership.objects.exclude(left_at=None).values("user_id").annotate(count=Count("id"))
    return rows.values_list("user_id", "count")


def seats_held() -> Iterable[tuple[int, int]]:
    """Count every player's present seats."""
    rows = TeamMembership.objects.active().values("user_id").annotate(count=Count("id"))
    return rows.values_list("user_id", "count")


figure("user_profile.stats.teams_joined", source=seats_taken)
figure("user_profile.stats.teams_left", source=seats_left)
figure("user_profile.activity.team_joined", source=seats_taken)
figure("user_profile.activity.team_left", source=seats_left)
figure("user_profile.team_seats", source=seats_held)
