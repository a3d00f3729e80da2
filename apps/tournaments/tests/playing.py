"""Playing phases without a database: what a format asks for is decided until it asks for nothing."""

import random
from collections.abc import Callable, Sequence

from apps.tournaments.formats.engine import picture
from apps.tournaments.formats.fixtures import Decision, Fixture, Pair, Picture, Spot, State
from apps.tournaments.formats.results import Stage, TeamKey
from apps.tournaments.formats.settings import Settings

Chooser = Callable[[Fixture], TeamKey | None]


def won_by(fixture: Fixture, winner: TeamKey | None) -> Decision:
    """Return the decision of a match that an entrant won; None is level."""
    assert fixture.a
    assert fixture.b
    score_a, score_b = (1, 1) if winner is None else (2 * (winner == fixture.a), 2 * (winner == fixture.b))
    return Decision(Pair(fixture.a, fixture.b), score_a, score_b, winner)


class Event:
    """A phase that is played by hand, match by match."""

    def __init__(self, settings: Settings, entrants: int | Sequence[TeamKey]) -> None:
        self.settings = settings
        self.seeds = list(range(1, entrants + 1)) if isinstance(entrants, int) else list(entrants)
        self.decisions: dict[Spot, Decision] = {}
        self.left: dict[TeamKey, str] = {}
        self.drawn: dict[Spot, Pair] = {}
        self.picture = self.look()

    @property
    def state(self) -> State:
        """What has happened."""
        return State(self.seeds, dict(self.decisions), dict(self.left), dict(self.drawn))

    def look(self) -> Picture:
        """Look at the phase again; what does not hold any more is forgotten, as the services do."""
        self.picture = picture(self.settings, self.state)
        fixtures = self.picture.fixtures
        self.drawn = {
            spot: Pair(one.a, one.b)
            for spot, one in fixtures.items()
            if spot.stage == Stage.SWISS and one.a is not None and one.b is not None
        }
        self.decisions = {
            spot: one.decision
            for spot, one in fixtures.items()
            if one.decision and one.a and one.b and spot in self.decisions
        }
        return self.picture

    def ready(self) -> list[Fixture]:
        """Return the matches that can be played."""
        return [one for one in self.picture.fixtures.values() if one.a and one.b and not one.decision]

    def decide(self, fixture: Fixture, winner: TeamKey | None) -> None:
        """Decide a match, for the first time or again."""
        self.decisions[fixture.spot] = won_by(fixture, winner)
        self.look()

    def leave(self, entrant: TeamKey, why: str = "WITHDRAWN") -> None:
        """Let somebody play no more."""
        self.left[entrant] = why
        self.look()

    def finish(self, choose: Chooser) -> Picture:
        """Play to the end."""
        while ready := self.ready():
            for fixture in ready:
                self.decisions[fixture.spot] = won_by(fixture, choose(fixture))
            self.look()
        return self.picture


def better(fixture: Fixture) -> TeamKey | None:
    """Let the better seed win."""
    return min(fixture.a, fixture.b)  # type: ignore[type-var]


def at_random(rng: random.Random) -> Chooser:
    """Let anybody win."""
    return lambda fixture: rng.choice((fixture.a, fixture.b))
