"""What every team made of its matches, for tables and tie-breaks to measure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from apps.tournaments.formats.results import NOBODY, Outcome, Result, TeamKey

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Points:
    """What a match is worth."""

    win: Number = 1
    draw: Number = 0
    loss: Number = 0


@dataclass(slots=True)
class Row:
    """A team's record in one table; `rank` starts at 1 and is shared by equals.

    `values` has what was measured by each rule that the table goes by, as far as it was asked.
    """

    team: TeamKey
    rank: int = 0
    played: int = 0
    won: int = 0
    lost: int = 0
    drawn: int = 0
    games_won: int = 0
    games_lost: int = 0
    points: Number = 0
    values: dict[str, Number] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """Games won less games lost."""
        return self.games_won - self.games_lost


class Game(NamedTuple):
    """A match from the view of one team; `opponent` is None for a bye, `met` false where nobody played."""

    opponent: TeamKey | None
    round: int
    score: int
    other_score: int
    points: Number
    won: bool
    drawn: bool
    met: bool
    games_drawn: int


class Records:
    """The matches of one table, by team; `extra` are those that were played to part ties."""

    def __init__(
        self,
        results: Iterable[Result],
        *,
        extra: Sequence[Result] = (),
        entrants: Iterable[TeamKey] = (),
        points: Points = Points(),
        rounds: int = 0,
        lots: Sequence[TeamKey] = (),
    ) -> None:
        self.points = points
        self.extra = extra
        self.games: dict[TeamKey, list[Game]] = {team: [] for team in entrants}
        for result in results:
            self.add(result)
        self.rows = {team: self.row(team, games) for team, games in self.games.items()}
        self.rounds = max([rounds, *(game.round for games in self.games.values() for game in games)])
        self.lots = {team: place for place, team in enumerate(lots)}
        # What several rules ask of every team, once it is known.
        self.adjusted: dict[TeamKey, Number] = {}
        self.opponents_points: dict[TeamKey, list[Number]] = {}

    def add(self, result: Result) -> None:
        """Note a match down for both sides."""
        met = result.outcome == Outcome.PLAYED
        level = result.winner is None and met
        for team, score, other in result.scores():
            if team == NOBODY:
                continue
            opponent = result.team_b if team == result.team_a else result.team_a
            won = result.winner == team
            game = Game(
                opponent=None if opponent == NOBODY else opponent,
                round=result.round,
                score=score,
                other_score=other,
                points=self.points.win if won else self.points.draw if level else self.points.loss,
                won=won,
                drawn=level,
                met=met,
                games_drawn=result.games_drawn,
            )
            self.games.setdefault(team, []).append(game)

    @staticmethod
    def row(team: TeamKey, games: Sequence[Game]) -> Row:
        """Sum a team's matches up."""
        row = Row(team)
        for game in games:
            row.played += 1
            row.won += game.won
            row.drawn += game.drawn
            row.lost += not game.won and not game.drawn
            row.games_won += game.score
            row.games_lost += game.other_score
            row.points += game.points
        return row

    def against(self, team: TeamKey, others: frozenset[TeamKey]) -> Row:
        """Return a team's record against some others only."""
        return self.row(team, [game for game in self.games[team] if game.opponent in others])

    @cached_property
    def by_round(self) -> dict[TeamKey, dict[int, Game]]:
        """Each team's matches by round."""
        found: dict[TeamKey, dict[int, Game]] = defaultdict(dict)
        for team, games in self.games.items():
            for game in games:
                found[team][game.round] = game
        return found
