"""Players with passports, teams with rosters, tournaments with entrants: made by the services."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from apps.teams.services import roster
from apps.tournaments.models import Match, Tournament
from apps.tournaments.services import matches, registration, tournaments
from apps.user_profile.services import accounts, passports

CALL_OF_DUTY = 1
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def make_player(db: None) -> Callable[..., int]:
    """Return a function that signs a player up, with a passport, and returns his id."""

    def make(name: str, *, passport: bool = True, rank: str = "") -> int:
        user = accounts.sign_up(username=name)
        if passport:
            passports.add(user_id=user.pk, game_id=CALL_OF_DUTY, ign=f"{name}-in-game", current_rank=rank)
        return user.pk

    return make


@pytest.fixture
def make_team(make_player: Callable[..., int]) -> Callable[..., tuple[int, list[int]]]:
    """Return a function that founds a team with new players and returns the ids of both."""

    def make(name: str, size: int = 2, **options: bool) -> tuple[int, list[int]]:
        team = roster.create_team(name=name, game_id=CALL_OF_DUTY)
        players = [make_player(f"{name}{number}", **options) for number in range(size)]
        for user_id in players:
            roster.join(team_id=team.pk, user_id=user_id)
        return team.pk, players

    return make


@pytest.fixture
def cup(db: None) -> Tournament:
    """Return a tournament that nobody entered yet."""
    return tournaments.create(name="Summer Cup", game_id=CALL_OF_DUTY, starts_at=NOON)


class Field:
    """A live tournament with its entrants."""

    def __init__(self, tournament: Tournament, teams: dict[str, tuple[int, list[int]]]) -> None:
        self.tournament = tournament
        self.teams = {name: team_id for name, (team_id, _) in teams.items()}
        self.players = {name: players for name, (_, players) in teams.items()}
        self.numbers = count(1)

    def play(self, winner: str, loser: str, score: tuple[int, int] = (3, 1), **options: object) -> Match:
        """Record a match in which everybody has two kills, one death and three assists."""
        slot = {name: options.pop(name) for name in ("stage", "group", "round", "number") if name in options}
        values = {
            "a": matches.Side(self.teams[winner], score[0]),
            "b": matches.Side(self.teams[loser], score[1]),
            "players": [
                matches.Line(user_id, self.teams[name], 2, 1, 3)
                for name in (winner, loser)
                for user_id in self.players[name]
            ],
            "played_at": NOON,
            "slot": matches.Slot(**slot),
            "external_id": f"match-{next(self.numbers)}",
            **options,
        }
        return matches.record(tournament_id=self.tournament.pk, **values)


@pytest.fixture
def make_field(cup: Tournament, make_team: Callable[..., tuple[int, list[int]]]) -> Callable[..., Field]:
    """Return a function that enters new teams into the cup and starts it."""

    def make(*names: str, size: int = 1) -> Field:
        teams = {name: make_team(name, size) for name in names}
        for team_id, players in teams.values():
            registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=players)
        return Field(tournaments.start(tournament_id=cup.pk), teams)

    return make
