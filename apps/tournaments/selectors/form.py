"""Who is in form: what players made of the matches that were played last."""

from dataclasses import dataclass

from django.db.models import Count, F, FloatField, Q, Sum
from django.db.models.functions import Cast

from apps.tournaments.models import Match, MatchParticipant

RECENT_MATCHES = 100
"""So many matches, of all tournaments together, are what is recent: the read never grows dearer."""
PLAYED_LEAST = 3
"""A win rate from fewer matches says nothing."""


@dataclass(frozen=True, slots=True)
class Form:
    """A player's share in the recent matches."""

    user_id: int
    played: int
    won: int
    kills: int
    deaths: int

    @property
    def lost(self) -> int:
        """Recent matches without a win."""
        return self.played - self.won


def in_form(limit: int = 5) -> list[Form]:
    """Return who won most of what he played recently, then by kills over deaths. One query.

    Nobody without a win. The recent matches come from the index `match_latest`, their players from the one
    of `matchparticipant_once`.
    """
    recent = (
        Match.objects.filter(played_at__isnull=False)
        .order_by("-played_at", "-id")
        .values("id")[:RECENT_MATCHES]
    )
    lines = MatchParticipant.objects.filter(match__in=recent).order_by().values("user_id")
    counted = lines.annotate(
        played=Count("id"),
        wins=Count("id", filter=Q(match__winner=F("entry"))),
        kills_sum=Sum("kills"),
        deaths_sum=Sum("deaths"),
    ).filter(played__gte=PLAYED_LEAST, wins__gte=1)
    rate = Cast("wins", FloatField()) / F("played")
    duels = Cast("kills_sum", FloatField()) / (F("deaths_sum") + 1)
    ranked = counted.annotate(rate=rate, duels=duels).order_by("-rate", "-duels", "-wins", "user_id")[:limit]
    return [
        Form(row["user_id"], row["played"], row["wins"], row["kills_sum"], row["deaths_sum"])
        for row in ranked
    ]
