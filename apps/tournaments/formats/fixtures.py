"""What a format is told, and what it answers.

A format is a pure function: of its settings, the seeds and the results so far it makes the matches that
should exist, their sides, and in the end the places. A result holds as long as its two entrants are the
sides of its match; so a corrected result undoes those that it makes impossible, and no others.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.tournaments.formats.records import Row
from apps.tournaments.formats.results import NOBODY, Outcome, Result, Stage, TeamKey


class Spot(NamedTuple):
    """Where a match stands in its phase; `round` from 1, `number` from 0."""

    stage: str
    group: str
    round: int
    number: int

    def __str__(self) -> str:
        return f"{self.stage}/{self.group}/{self.round}/{self.number}"


class Source(NamedTuple):
    """A side that is not known yet: the winner or the loser of another match."""

    spot: Spot
    wins: bool

    def __str__(self) -> str:
        return f"{'W' if self.wins else 'L'} {self.spot}"


class Pair(NamedTuple):
    """The two entrants of a match; the second is NOBODY for a bye."""

    a: TeamKey
    b: TeamKey


@dataclass(frozen=True, slots=True)
class Decision:
    """How a match between two entrants ended."""

    pair: Pair
    score_a: int = 0
    score_b: int = 0
    winner: TeamKey | None = None
    outcome: str = Outcome.PLAYED


@dataclass(frozen=True, slots=True)
class State:
    """All that has happened in a phase.

    `left` has why entrants play no more; `drawn` the pairings there are, which only a Swiss needs; `begun`
    where play has begun without a result.
    """

    seeds: Sequence[TeamKey]
    decisions: Mapping[Spot, Decision] = field(default_factory=dict)
    left: Mapping[TeamKey, str] = field(default_factory=dict)
    drawn: Mapping[Spot, Pair] = field(default_factory=dict)
    begun: Collection[Spot] = ()


@dataclass(slots=True)
class Fixture:
    """A match that should exist. A side is None until its `source` is decided, NOBODY when none comes."""

    spot: Spot
    a: TeamKey | None
    b: TeamKey | None
    source_a: Source | None = None
    source_b: Source | None = None
    best_of: int = 1
    decision: Decision | None = None

    @property
    def winner(self) -> TeamKey | None:
        """Return who goes on: None while it is open or level, NOBODY when nobody does."""
        if self.decision is None:
            return None
        return NOBODY if self.decision.winner is None else self.decision.winner

    @property
    def loser(self) -> TeamKey | None:
        """Return who falls: None while it is open, NOBODY when nobody does."""
        if self.decision is None:
            return None
        if self.decision.winner is None or self.decision.outcome == Outcome.BYE:
            return NOBODY
        pair = self.decision.pair
        return pair.b if self.decision.winner == pair.a else pair.a

    def decide(self, state: State) -> None:
        """Take over the result of this match where it holds, or what follows from who is there."""
        if self.a is None or self.b is None:
            return
        pair = Pair(self.a, self.b)
        known = state.decisions.get(self.spot)
        if NOBODY in pair:
            self.decision = without_opponent(pair)
        elif known and known.pair == pair:
            self.decision = known
        elif state.left and (self.a in state.left or self.b in state.left):
            self.decision = by_leaving(pair, state.left)


@dataclass(slots=True)
class Picture:
    """A phase as it is: every match there should be, the tables, and once it is over the places in tiers."""

    fixtures: dict[Spot, Fixture]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    tiers: list[list[TeamKey]] = field(default_factory=list)
    finished: bool = False


def without_opponent(pair: Pair) -> Decision:
    """Return the decision of a match that lacks a side, or both."""
    present = [entrant for entrant in pair if entrant != NOBODY]
    if not present:
        return Decision(pair, outcome=Outcome.VOID)
    return Decision(pair, winner=present[0], outcome=Outcome.BYE)


def by_leaving(pair: Pair, left: Mapping[TeamKey, str]) -> Decision:
    """Return the decision of a match of which a side, or both, have left."""
    there = [entrant for entrant in pair if entrant not in left]
    if not there:
        return Decision(pair, outcome=Outcome.DOUBLE_FORFEIT)
    gone = pair.b if there[0] == pair.a else pair.a
    disqualified = left[gone] == Outcome.DISQUALIFIED
    outcome = Outcome.DISQUALIFIED if disqualified else Outcome.FORFEIT
    return Decision(pair, winner=there[0], outcome=outcome)


def results_of(fixtures: Iterable[Fixture]) -> Iterator[Result]:
    """Yield the decided matches as results; a stand-in is the missing side of a bye in a bracket."""
    for fixture in fixtures:
        decision = fixture.decision
        if decision is None or decision.outcome == Outcome.VOID:
            continue
        a, b = decision.pair
        if decision.outcome == Outcome.BYE and fixture.spot.stage != Stage.SWISS:
            a, b = (stand_in(fixture.spot), b) if a == NOBODY else (a, stand_in(fixture.spot))
        yield Result(
            a, b, decision.score_a, decision.score_b, decision.winner, *fixture.spot, outcome=decision.outcome
        )


STAND_IN = "nobody at "


def stand_in(spot: Spot) -> TeamKey:
    """Return a team that is nobody, once."""
    return f"{STAND_IN}{spot}"


def is_stand_in(team: TeamKey) -> bool:
    """Return whether a team is nobody."""
    return isinstance(team, str) and team.startswith(STAND_IN)
