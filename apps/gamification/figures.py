"""What `events verify` compares: the sums with their entries, and the entries with what was won."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from apps.events.verify import figure
from apps.gamification.models import GameXP, PlayerLevel, XPEntry
from apps.gamification.rules import MATCH_WON
from apps.tournaments.figures import matches_won

type Pairs = Iterable[tuple[Any, Any]]


def totals() -> Pairs:
    """Add up every player's entries."""
    rows = XPEntry.objects.order_by().values("user_id").annotate(sum=Sum("points"))
    return rows.values_list("user_id", "sum")


def stored_totals() -> Pairs:
    """Read every player's sum."""
    return PlayerLevel.objects.values_list("user_id", "xp_total")


def in_games() -> Pairs:
    """Add up every player's entries by game."""
    rows = XPEntry.objects.filter(game__isnull=False).order_by().values("user_id", "game_id")
    return (((row["user_id"], row["game_id"]), row["sum"]) for row in rows.annotate(sum=Sum("points")))


def stored_in_games() -> Pairs:
    """Read every player's sums by game."""
    rows = GameXP.objects.values_list("user_id", "game_id", "xp_total")
    return (((user, game), points) for user, game, points in rows)


def wins() -> Pairs:
    """Count the wins that every player has points for."""
    rows = XPEntry.objects.filter(rule="MATCH_WON").order_by().values("user_id")
    return rows.annotate(wins=Sum("points") / MATCH_WON).values_list("user_id", "wins")


figure("gamification.xp_total", source=totals, stored=stored_totals)
figure("gamification.xp_in_games", source=in_games, stored=stored_in_games)
figure("gamification.wins", source=matches_won, stored=wins)
