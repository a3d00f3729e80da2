"""The sources that `events verify` compares players' statistics with."""

from collections.abc import Iterable
from functools import partial

from django.db.models import Count, F, Sum

from apps.events.verify import figure
from apps.tournaments.models import MatchParticipant, Registration, Status, TournamentParticipant

type Pairs = Iterable[tuple[int, int]]


def tournaments_played() -> Pairs:
    """Count every player's tournaments; a registration that waits is none yet."""
    confirmed = TournamentParticipant.objects.filter(entry__status=Registration.CONFIRMED)
    rows = confirmed.order_by().values("user_id").annotate(count=Count("id"))
    return rows.values_list("user_id", "count")


def matches_played() -> Pairs:
    """Count every player's matches."""
    rows = MatchParticipant.objects.order_by().values("user_id").annotate(count=Count("id"))
    return rows.values_list("user_id", "count")


def matches_won() -> Pairs:
    """Count the matches that every player's team won with him."""
    rows = MatchParticipant.objects.filter(match__winner=F("entry")).order_by().values("user_id")
    return rows.annotate(count=Count("id")).values_list("user_id", "count")


def places(*placements: int) -> Pairs:
    """Count how often every player finished so."""
    placed = TournamentParticipant.objects.filter(
        tournament__status=Status.COMPLETED, entry__placement_from__in=placements
    )
    return placed.order_by().values("user_id").annotate(count=Count("id")).values_list("user_id", "count")


def total(column: str) -> Pairs:
    """Sum one of the players' numbers over their matches."""
    rows = MatchParticipant.objects.order_by().values("user_id").annotate(sum=Sum(column))
    return rows.values_list("user_id", "sum")


figure("user_profile.stats.tournaments_played", source=tournaments_played)
figure("user_profile.stats.matches_played", source=matches_played)
figure("user_profile.stats.matches_won", source=matches_won)
for column in ("kills", "deaths", "assists"):
    figure(f"user_profile.stats.{column}", source=partial(total, column))
figure("user_profile.stats.tournaments_won", source=partial(places, 1))
figure("user_profile.stats.runner_ups", source=partial(places, 2))
figure("user_profile.stats.third_places", source=partial(places, 3))
figure("user_profile.stats.podiums", source=partial(places, 1, 2, 3))
