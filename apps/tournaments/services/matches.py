"""Matches: what was played, by whom, and who won."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.formats.results import Stage, winner_by_score
from apps.tournaments.models import (
    Match,
    MatchMap,
    MatchParticipant,
    MatchStatus,
    Outcome,
    Status,
    Tournament,
    TournamentEntry,
)
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.signals import match_won, tournament_match_completed, tournament_match_retracted
from apps.user_profile import selectors as players_names

SCORE_MAX = 10_000
"""More games, rounds or goals than anybody scores; the columns hold it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side's games won, and the name it played under; an empty one is the team's name of now."""

    team_id: int
    score: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A player's numbers in a match."""

    user_id: int
    team_id: int
    kills: int = 0
    deaths: int = 0
    assists: int = 0


@dataclass(frozen=True, slots=True)
class Game:
    """One game of a match; `winner_id` is a team, None where it ended level or nobody knows."""

    mode: str = ""
    map: str = ""
    score_a: int = 0
    score_b: int = 0
    winner_id: int | None = None
    ended_at: datetime | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where in its tournament a match belongs; `round` is a bracket's round or a league's week, from 1."""

    stage: Stage = Stage.OTHER
    group: str = ""
    round: int = 0
    number: int = 0


class TeamNotEntered(ValidationError):
    """A team of the match is not in the tournament: `registration.register_team` enters it."""

    def __init__(self) -> None:
        super().__init__("Both teams have to be registered for the tournament.", code="team_not_entered")


class PlayerNotRegistered(ValidationError):
    """A player of the match is not in the tournament: `registration.add_players` registers him."""

    def __init__(self, user_ids: Sequence[int]) -> None:
        super().__init__(
            "Every player of a match has to be registered for the tournament.", code="player_not_registered"
        )
        self.user_ids = user_ids


class ImpossibleResult(ValidationError):
    """The record contradicts itself; the message says how."""


@transaction.atomic
def record(
    *,
    tournament_id: int,
    a: Side,
    b: Side,
    played_at: datetime,
    players: Sequence[Line] = (),
    games: Sequence[Game] = (),
    slot: Slot = Slot(),
    best_of: int | None = None,
    external_id: str | None = None,
) -> Match:
    """Record a match that is over, with every player's numbers; who won more games won.

    The same `external_id` a second time changes nothing and announces nothing.
    Raises WrongStatus unless the tournament is live, TeamNotEntered, PlayerNotRegistered, ImpossibleResult.
    """
    check(a, b, players)
    entries = entrants(tournament_id, a, b)
    tournament = lock_tournament(tournament_id)
    known = tournament.matches.filter(external_id=external_id).first() if external_id else None
    if known:
        return known
    tournament.must_be(Status.LIVE)
    registered(tournament, players)
    entry_a, entry_b = entries[a.team_id], entries[b.team_id]
    match = Match.objects.create(
        tournament=tournament,
        entry_a=entry_a,
        entry_b=entry_b,
        winner_id=winner_by_score(entry_a.pk, a.score, entry_b.pk, b.score),
        status=MatchStatus.COMPLETED,
        outcome=Outcome.PLAYED,
        name_a=a.name or team_name(entry_a),
        name_b=b.name or team_name(entry_b),
        score_a=a.score,
        score_b=b.score,
        best_of=best_of,
        played_at=played_at,
        stage=slot.stage,
        group=slot.group,
        round=slot.round,
        number=slot.number,
        external_id=external_id,
    )
    entry_ids = {team_id: entry.pk for team_id, entry in entries.items()}
    store(match, [(line, entry_ids[line.team_id]) for line in players])
    store_games(match, [(game, entry_ids[game.winner_id] if game.winner_id else None) for game in games])
    announce(match)
    return match


def locked(match_id: int) -> Match:
    """Return a match, locked after its tournament."""
    tournament_id = Match.objects.values_list("tournament_id", flat=True).get(pk=match_id)
    tournament = lock_tournament(tournament_id)
    match = Match.objects.select_for_update(no_key=True).get(pk=match_id)
    match.tournament = tournament
    return match


def check(a: Side, b: Side, players: Sequence[Line]) -> None:
    """Raise ImpossibleResult when the record contradicts itself."""
    if a.team_id == b.team_id:
        raise ImpossibleResult("A team cannot play against itself.", code="same_team")
    check_scores(a.score, b.score)
    if len({line.user_id for line in players}) != len(players):
        raise ImpossibleResult("A player has one line in a match.", code="player_twice")
    if any(line.team_id not in (a.team_id, b.team_id) for line in players):
        raise ImpossibleResult("A player of the match is in neither team.", code="third_team")
    if any(min(line.kills, line.deaths, line.assists) < 0 for line in players):
        raise ImpossibleResult("A player's numbers cannot be negative.", code="negative_numbers")


def check_scores(*scores: int) -> None:
    """Raise ImpossibleResult for games won that nobody can have won."""
    if min(scores) < 0:
        raise ImpossibleResult("A score cannot be negative.", code="negative_score")
    if max(scores) > SCORE_MAX:
        raise ImpossibleResult("A score is too high.", code="score_too_high")


def entrants(tournament_id: int, a: Side, b: Side) -> dict[int, TournamentEntry]:
    """Return both teams' entries, with the teams locked, so that no rename falls in between.

    Raises TeamNotEntered.
    """
    entries = TournamentEntry.objects.filter(tournament_id=tournament_id, team_id__in=[a.team_id, b.team_id])
    # The ORM reaches the teams' rows through the entries; only the teams are locked, by id.
    locked = entries.order_by("team_id").select_for_update(of=("team",), no_key=True)
    locked = locked.select_related("team").only("tournament_id", "team_id", "team__name")
    found = {entry.team_id: entry for entry in locked if entry.team_id}
    if len(found) != 2:
        raise TeamNotEntered
    return found


def team_name(entry: TournamentEntry) -> str:
    """Return the name of now of an entry's team."""
    assert entry.team
    return entry.team.name


def registered(tournament: Tournament, players: Sequence[Line]) -> None:
    """Raise PlayerNotRegistered unless every player is in the tournament."""
    user_ids = {line.user_id for line in players}
    known = tournament.participants.filter(user_id__in=user_ids).values_list("user_id", flat=True)
    if strangers := user_ids.difference(known):
        raise PlayerNotRegistered(sorted(strangers))


def names_of(match: Match) -> tuple[str, str]:
    """Return the names of now of both sides."""
    sides = TournamentEntry.objects.filter(pk__in=[match.entry_a_id, match.entry_b_id]).select_related("team")
    by_id = {entry.pk: entry for entry in sides}
    entry_a, entry_b = (by_id[entry_id] for entry_id in (match.entry_a_id or 0, match.entry_b_id or 0))
    alone = players_names.names_of(entry.user_id for entry in (entry_a, entry_b) if entry.user_id)
    return name_of(entry_a, alone), name_of(entry_b, alone)


def name_of(entry: TournamentEntry, alone: Mapping[int, str]) -> str:
    """Return the name of now of an entry, given those of players who entered alone."""
    return entry.team.name if entry.team else alone.get(entry.user_id or 0, entry.name)


def store(match: Match, players: Iterable[tuple[Line, int]]) -> None:
    """Write the players' numbers, each with the entry he played for."""
    MatchParticipant.objects.bulk_create(
        MatchParticipant(
            match=match,
            user_id=line.user_id,
            entry_id=entry_id,
            kills=line.kills,
            deaths=line.deaths,
            assists=line.assists,
        )
        for line, entry_id in players
    )


def store_games(match: Match, games: Iterable[tuple[Game, int | None]]) -> None:
    """Write the games, each with the entry that won it."""
    MatchMap.objects.bulk_create(
        MatchMap(
            match=match,
            number=number,
            mode=game.mode,
            map=game.map,
            score_a=game.score_a,
            score_b=game.score_b,
            winner_id=winner_id,
            ended_at=game.ended_at,
            external_id=game.external_id,
        )
        for number, (game, winner_id) in enumerate(games, start=1)
    )


@transaction.atomic(savepoint=False)
def announce(match: Match) -> None:
    """Say of each player that the match is over, and of each winner that he won."""
    lines = told(match)
    tournament_match_completed.send_many(
        Match, [{**line, "tournament_id": match.tournament_id} for line in lines]
    )
    match_won.send_many(
        Match,
        [
            {"user_id": line["user_id"], "match_id": match.pk, "tournament_id": match.tournament_id}
            for line in lines
            if line["won"]
        ],
    )


@transaction.atomic(savepoint=False)
def retract(match: Match) -> None:
    """Take back what `announce` said of the match as it is stored; the caller changes it after that."""
    tournament_match_retracted.send_many(Match, told(match))


def told(match: Match) -> list[dict[str, Any]]:
    """Return what is said of each player of a match, in order of players."""
    lines = match.participants.order_by("user_id")
    return [
        {
            "user_id": line.user_id,
            "match_id": match.pk,
            "won": line.entry_id == match.winner_id,
            "kills": line.kills,
            "deaths": line.deaths,
            "assists": line.assists,
        }
        for line in lines
    ]
