"""A result as the formats see it: who played whom, where in the event, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices

# A team is its id; tests and published files use names. Nothing here looks inside.
type TeamKey = int | str

NOBODY: TeamKey = ""
"""The other side of a bye."""


class Stage(TextChoices):
    """The part of an event that a match belongs to."""

    POOL = "POOL", "Pool"
    LEAGUE = "LEAGUE", "League"
    UPPER = "UPPER", "Upper bracket"
    LOWER = "LOWER", "Lower bracket"
    GRAND_FINAL = "GRAND_FINAL", "Grand final"
    THIRD_PLACE = "THIRD_PLACE", "Third place"
    SWISS = "SWISS", "Swiss"
    TIE_BREAK = "TIE_BREAK", "Tie-break"
    OTHER = "OTHER", "Other"


class Outcome(TextChoices):
    """How a match was decided."""

    PLAYED = "PLAYED", "Played"
    FORFEIT = "FORFEIT", "Forfeit"
    DOUBLE_FORFEIT = "DOUBLE_FORFEIT", "Double forfeit"
    DISQUALIFIED = "DISQUALIFIED", "Disqualification"
    BYE = "BYE", "Bye"
    VOID = "VOID", "Nobody left to play"


GROUP_STAGES = frozenset({Stage.POOL, Stage.LEAGUE, Stage.SWISS})
BRACKET_STAGES = frozenset({Stage.UPPER, Stage.LOWER, Stage.GRAND_FINAL})


@dataclass(frozen=True, slots=True)
class Result:
    """One match. `winner` is None when nobody won it; it need not have the higher score (a forfeit).

    A bye is a match against NOBODY.
    """

    team_a: TeamKey
    team_b: TeamKey
    score_a: int = 0
    score_b: int = 0
    winner: TeamKey | None = None
    stage: str = Stage.OTHER
    group: str = ""
    round: int = 0
    number: int = 0
    outcome: str = Outcome.PLAYED
    games_drawn: int = 0

    @property
    def teams(self) -> tuple[TeamKey, TeamKey]:
        """Both sides, in the order of the record."""
        return (self.team_a, self.team_b)

    @property
    def loser(self) -> TeamKey | None:
        """The side that lost, None when nobody won."""
        if self.winner is None:
            return None
        return self.team_b if self.winner == self.team_a else self.team_a

    def scores(self) -> Iterable[tuple[TeamKey, int, int]]:
        """Yield each team with the games it won and lost."""
        yield self.team_a, self.score_a, self.score_b
        yield self.team_b, self.score_b, self.score_a


def winner_by_score(team_a: TeamKey, score_a: int, team_b: TeamKey, score_b: int) -> TeamKey | None:
    """Return who has more, None when it is level."""
    if score_a == score_b:
        return None
    return team_a if score_a > score_b else team_b
