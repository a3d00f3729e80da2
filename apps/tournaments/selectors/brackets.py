"""The bracket of a tournament, round by round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from apps.tournaments.formats.results import BRACKET_STAGES, Stage
from apps.tournaments.selectors.matches import MatchCard, card, matches_in


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
    third: list[Round] = field(default_factory=list)
    single: bool = False

    def __bool__(self) -> bool:
        return bool(self.upper or self.lower or self.final)


def bracket(tournament_id: int) -> Bracket:
    """Return the bracket of a tournament, all its phases together. One query."""
    matches = matches_in(tournament_id).filter(stage__in=BRACKET_STAGES)
    return bracket_of(card(match) for match in matches.order_by("round", "number", "id"))


def bracket_of(found: Iterable[MatchCard], *, single: bool = False) -> Bracket:
    """Put matches in order of their rounds and numbers into a bracket."""
    found = list(found)
    final = [one for one in found if one.stage == Stage.GRAND_FINAL]
    upper = by_round(one for one in found if one.stage == Stage.UPPER)
    lower = by_round(one for one in found if one.stage == Stage.LOWER)
    return Bracket(
        upper=named_from_the_end(upper) if single else named(upper, "Upper final" if final else ""),
        lower=named(lower, "Lower final" if final else ""),
        final=[Round(one.label, [one]) for one in final],
        third=[Round("Third place", [one]) for one in found if one.stage == Stage.THIRD_PLACE],
        single=single,
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


LAST_ROUNDS = ("Final", "Semi-finals", "Quarter-finals")


def named_from_the_end(found: Sequence[Sequence[MatchCard]]) -> list[Round]:
    """Name the last three rounds of a single elimination as everybody calls them."""
    rounds = named(found, "")
    for back, title in zip(range(1, len(rounds) + 1), LAST_ROUNDS, strict=False):
        rounds[-back] = Round(title, rounds[-back].matches)
    return rounds
