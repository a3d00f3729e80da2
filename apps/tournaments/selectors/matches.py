"""Matches as cards: two sides under their names of now, with those they played under beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Match, MatchParticipant, TournamentEntry


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match. `name` is of now, `played_as` of that day."""

    team_id: int
    team_slug: str
    team_tag: str
    name: str
    played_as: str
    score: int
    won: bool


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A match, ready to be shown."""

    id: int
    tournament_id: int
    tournament_name: str
    tournament_slug: str
    stage: str
    group: str
    round: int
    number: int
    label: str
    a: Side
    b: Side
    played_at: datetime
    best_of: int | None


@dataclass(frozen=True, slots=True)
class PlayerMatch:
    """A match from the view of a player: his team and his numbers. `won` is None when it ended level."""

    match: MatchCard
    team_id: int | None
    won: bool | None
    kills: int
    deaths: int
    assists: int


@dataclass(frozen=True, slots=True)
class Record:
    """What a team has played in all tournaments."""

    played: int = 0
    won: int = 0
    lost: int = 0
    drawn: int = 0


def series_of(tournament_id: int) -> list[MatchCard]:
    """Return all matches of a tournament in the order they were played. One query."""
    return cards(loaded().filter(tournament_id=tournament_id).order_by("played_at", "id"))


def latest_results(limit: int = 10) -> list[MatchCard]:
    """Return the matches that were played last, the latest first. One query."""
    return cards(loaded().order_by("-played_at", "-id")[:limit])


def matches_of_team(team_id: int, limit: int = 20) -> list[MatchCard]:
    """Return a team's matches, the latest first. One query."""
    entries = TournamentEntry.objects.filter(team_id=team_id).values("pk")
    own = loaded().filter(Q(entry_a__in=entries) | Q(entry_b__in=entries))
    return cards(own.order_by("-played_at", "-id")[:limit])


def matches_of(user_id: int, limit: int = 20) -> list[PlayerMatch]:
    """Return a player's matches, the latest first. One query."""
    return player_matches(lines_of(user_id).order_by("-match__played_at", "-match_id")[:limit])


def lines_of(user_id: int) -> QuerySet[MatchParticipant]:
    """Return a player's lines on matches, with all that cards of them show. Nothing is read yet."""
    return MatchParticipant.objects.filter(user_id=user_id).select_related(
        "match__tournament", "match__entry_a__team", "match__entry_b__team", "entry"
    )


def player_matches(lines: Iterable[MatchParticipant]) -> list[PlayerMatch]:
    """Return matches from the view of the players of these lines."""
    return [
        PlayerMatch(
            match=card(line.match),
            team_id=line.entry.team_id,
            won=line.match.winner_id == line.entry_id if line.match.winner_id else None,
            kills=line.kills,
            deaths=line.deaths,
            assists=line.assists,
        )
        for line in lines
    ]


def records(team_ids: Iterable[int]) -> dict[int, Record]:
    """Return what these teams have played; zeros for one that has not. Two queries."""
    wanted = set(team_ids)
    found = dict.fromkeys(wanted, Record())
    decided = Match.objects.filter(played_at__isnull=False).order_by()
    for side in ("entry_a", "entry_b"):
        team = f"{side}__team_id"
        rows = decided.filter(**{f"{team}__in": wanted}).values(team)
        won, drawn = Count("id", filter=Q(winner=F(side))), Count("id", filter=Q(winner=None))
        counted = rows.annotate(played=Count("id"), won=won, drawn=drawn)
        for row in counted:
            before = found[row[team]]
            found[row[team]] = Record(
                played=before.played + row["played"],
                won=before.won + row["won"],
                lost=before.lost + row["played"] - row["won"] - row["drawn"],
                drawn=before.drawn + row["drawn"],
            )
    return found


def loaded() -> QuerySet[Match]:
    """Return matches that were decided between two entrants, with all that a card shows."""
    played = Match.objects.filter(played_at__isnull=False)
    return played.select_related("tournament", "entry_a__team", "entry_b__team")


def cards(matches: Iterable[Match]) -> list[MatchCard]:
    """Return cards of matches that were loaded with what they show."""
    return [card(match) for match in matches]


def card(match: Match) -> MatchCard:
    """Return one card."""
    assert match.played_at
    return MatchCard(
        id=match.pk,
        tournament_id=match.tournament_id,
        tournament_name=match.tournament.name,
        tournament_slug=match.tournament.slug,
        stage=match.stage,
        group=match.group,
        round=match.round,
        number=match.number,
        label=label(match),
        a=side(match, match.entry_a, match.name_a, match.score_a),
        b=side(match, match.entry_b, match.name_b, match.score_b),
        played_at=match.played_at,
        best_of=match.best_of,
    )


def side(match: Match, entry: Any, name: str, score: int) -> Side:
    """Return one side of a card."""
    team = entry.team
    return Side(
        team_id=team.pk,
        team_slug=team.slug,
        team_tag=team.tag,
        name=team.name,
        played_as=name or team.name,
        score=score,
        won=match.winner_id == entry.pk,
    )


def label(match: Match) -> str:
    """Return where a match belongs, in words: `Group A`, `Division A, week 3`, `Lower bracket, round 2`."""
    match match.stage:
        case Stage.POOL:
            return f"Group {match.group}".strip()
        case Stage.LEAGUE:
            week = f"week {match.round}" if match.round else ""
            return ", ".join(filter(None, [f"Division {match.group}" if match.group else "League", week]))
        case Stage.TIE_BREAK:
            return f"Tie-break, group {match.group}" if match.group else "Tie-break"
        case Stage.UPPER | Stage.LOWER:
            return f"{Stage(match.stage).label}, round {match.round}"
        case Stage.GRAND_FINAL:
            return "Grand final, reset" if match.number else "Grand final"
    return "Match"
