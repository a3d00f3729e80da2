"""Head to head: the matches in which two players, or two teams, were on opposite sides.

Everything is read from the side of the first of the two, and each in one query that indexes answer: by the
entries of the teams, or by the lines of the first player and, in each of his matches, that of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)

from apps.tournaments.models import Match, MatchMap, MatchParticipant, TournamentEntry
from apps.tournaments.selectors.matches import MatchCard, Side, cards, lines_of, loaded

MAPS_MAX = 12
"""So many maps are counted, those that were played most often."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the meetings of two ended, from the side of the first; games are those of the series."""

    played: int = 0
    won: int = 0
    lost: int = 0
    games_won: int = 0
    games_lost: int = 0

    @property
    def drawn(self) -> int:
        """Meetings that ended level."""
        return self.played - self.won - self.lost


@dataclass(frozen=True, slots=True)
class MapTally:
    """How two fared against each other on a map; a game without a known winner is only played."""

    map: str
    played: int
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Meetings:
    """The matches of two, and the side on which the first of them stands there; nothing is read yet."""

    rows: QuerySet[Any]
    own: F
    own_is_a: Q
    match: str = ""


def lines_against(user_id: int, opponent_id: int) -> QuerySet[MatchParticipant]:
    """Return a player's lines on matches against another, with all that cards show; nothing is read yet."""
    other = MatchParticipant.objects.filter(match=OuterRef("match"), user_id=opponent_id)
    return lines_of(user_id).filter(Exists(other.exclude(entry=OuterRef("entry"))))


def against_player(user_id: int, opponent_id: int) -> Meetings:
    """Return the meetings of two players, in teams or alone."""
    return Meetings(
        rows=lines_against(user_id, opponent_id),
        own=F("entry"),
        own_is_a=Q(match__entry_a=F("entry")),
        match="match__",
    )


def against_team(team_id: int, opponent_id: int) -> Meetings:
    """Return the meetings of two teams."""
    is_a = is_of("entry_a", team_id=team_id)
    own = Case(When(is_a, then=F("entry_a")), default=F("entry_b"))
    return Meetings(rows=matches_against(team_id, opponent_id).annotate(own=own), own=F("own"), own_is_a=is_a)


def tally_of(meetings: Meetings) -> Tally:
    """Count how the meetings of two ended. One query."""
    at, is_a = meetings.match, meetings.own_is_a
    a, b = F(f"{at}score_a"), F(f"{at}score_b")
    won, decided = Q(**{f"{at}winner": meetings.own}), Q(**{f"{at}winner__isnull": False})
    found = meetings.rows.order_by().aggregate(
        played=Count("pk"),
        won=Count("pk", filter=won),
        lost=Count("pk", filter=decided & ~won),
        games_won=Sum(Case(When(is_a, then=a), default=b), default=0),
        games_lost=Sum(Case(When(is_a, then=b), default=a), default=0),
    )
    return Tally(**found)


def maps_of(meetings: Meetings) -> list[MapTally]:
    """Count how two fared on each map, the one that was played most often first. One query."""
    column = "match_id" if meetings.match else "pk"
    own = meetings.rows.order_by().filter(**{column: OuterRef("match_id")}).values(side=meetings.own)[:1]
    games = MatchMap.objects.filter(match__in=meetings.rows.order_by().values(column)).exclude(map="")
    counted = games.order_by().annotate(own=Subquery(own)).values("map")
    rows = counted.annotate(
        played=Count("pk"),
        won=Count("pk", filter=Q(winner=F("own"))),
        decided=Count("pk", filter=Q(winner__isnull=False)),
    )
    return [
        MapTally(row["map"], row["played"], row["won"], row["decided"] - row["won"])
        for row in rows.order_by("-played", "map")[:MAPS_MAX]
    ]


def matches_against(team_id: int, opponent_id: int) -> QuerySet[Match]:
    """Return the matches of two teams, with all that cards show; nothing is read yet."""
    return loaded().filter(between({"team_id": team_id}, {"team_id": opponent_id}))


def rows_of_team(team_id: int) -> QuerySet[Match]:
    """Return the matches that a team played, with all that cards show; nothing is read yet."""
    return loaded().filter(is_of("entry_a", team_id=team_id) | is_of("entry_b", team_id=team_id))


def matches_of_team(team_id: int, limit: int = 20) -> list[MatchCard]:
    """Return a team's matches, the latest first. One query."""
    return cards(rows_of_team(team_id).order_by("-played_at", "-id")[:limit])


def meetings(match: MatchCard, limit: int = 10) -> Sequence[MatchCard]:
    """Return the other matches of two who play a match, in all tournaments, the latest first. One query.

    Of players who entered alone, those that both played alone.
    """
    if match.a.entry_id is None or match.b.entry_id is None:
        return []
    met = loaded().filter(between(_who(match.a), _who(match.b)))
    return cards(met.exclude(pk=match.id).order_by("-played_at", "-id")[:limit])


class OneOf(Func):
    """Whether a number is in an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def is_of(side: str, **who: int | None) -> Q:
    """Return the condition for matches on whose side, `entry_a` or `entry_b`, somebody's entry stands.

    His entries are an array, which PostgreSQL reads first and looks up in the index of the side; with
    `IN (SELECT ...)` on either side of an OR it would read all matches there are.
    """
    own = TournamentEntry.objects.filter(**who).order_by().values("pk")
    return Q(OneOf(F(f"{side}_id"), ArraySubquery(own)))


def between(one: dict[str, int | None], other: dict[str, int | None]) -> Q:
    """Return the condition for matches of entries of one with entries of another."""
    first = is_of("entry_a", **one) & is_of("entry_b", **other)
    return first | is_of("entry_a", **other) & is_of("entry_b", **one)


def _who(side: Side) -> dict[str, int | None]:
    """Return whose entries count for a side: those of the team, or of the player who entered alone."""
    return {"team_id": side.team_id} if side.team_id else {"user_id": side.user_id}
