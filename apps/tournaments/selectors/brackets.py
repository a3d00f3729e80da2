"""The bracket of a tournament, round by round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.tournaments.formats.results import BRACKET_STAGES, Stage
from apps.tournaments.selectors.matches import MatchCard, cards, loaded


@dataclass(frozen=True, slots=True)
class Round:
    """The matches of one round, in the order of the bracket."""

    title: str
    matches: Sequence[MatchCard]


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket; `final` has a round of its own for the reset. False when there is no match in it."""

    upper: list[Round]
    lower: list[Round]
    final: list[Round]

    def __bool__(self) -> bool:
        return bool(self.upper or self.lower or self.final)


def bracket(tournament_id: int) -> Bracket:
    """Return the bracket of a tournament as far as it is played. One query."""
    matches = loaded().filter(tournament_id=tournament_id, stage__in=BRACKET_STAGES)
    found = cards(matches.order_by("round", "number", "id"))
    final = [card for card in found if card.stage == Stage.GRAND_FINAL]
    upper = by_round(card for card in found if card.stage == Stage.UPPER)
    lower = by_round(card for card in found if card.stage == Stage.LOWER)
    return Bracket(
        upper=named(upper, "Upper final" if final else ""),
        lower=named(lower, "Lower final" if final else ""),
        final=[Round(card.label, [card]) for card in final],
    )


def by_round(found: Iterable[MatchCard]) -> list[Sequence[MatchCard]]:
    """Return the matches of one bracket by round."""
    return [list(matches) for _, matches in groupby(found, key=lambda card: card.round)]


def named(found: Sequence[Sequence[MatchCard]], last: str) -> list[Round]:
    """Name the rounds by their numbers; the last one, when it is a single match, as given."""
    rounds = [Round(f"Round {matches[0].round}", matches) for matches in found]
    if last and rounds and len(rounds[-1].matches) == 1:
        rounds[-1] = Round(last, rounds[-1].matches)
    return rounds
