"""Who left an elimination bracket when: the tiers of teams that share a place.

Reads the results as they are: lower brackets that some teams enter directly, byes, a final that is played
once or again after a reset, no final at all (relegation: all who are left have made it), and brackets of
which matches were lost. Nothing is assumed about their size.

- A team that lost in the lower bracket left in that round; all who left in one round share their place.
- A team that went on but is not seen again is taken to have lost its next match.
- A round counts, beside the matches that are known, those that left a trace: somebody is in a later round
  without having played this one although he was due in it. Their losers are among the entrants never seen.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from apps.tournaments.formats.results import BRACKET_STAGES, Result, Stage, TeamKey


@dataclass(slots=True)
class Tier:
    """Teams that share a place. `hidden` more belong here, whose names no result tells."""

    teams: list[TeamKey] = field(default_factory=list)
    hidden: int = 0

    @property
    def size(self) -> int:
        """How many places the tier takes."""
        return len(self.teams) + self.hidden


def tiers(results: Iterable[Result], *, unseen: int = 0) -> list[Tier]:
    """Return the tiers of a bracket, the champion first.

    `unseen` is how many entrants of the event appear in no match of the bracket: so many losers of lost
    matches there can be at most.
    """
    bracket = Bracket([result for result in results if result.stage in BRACKET_STAGES])
    exits = bracket.exits()
    hidden = bracket.hidden(exits, unseen)
    found = bracket.top()
    found += [
        Tier(exits[place], hidden.get(place, 0)) for place in sorted(exits.keys() | hidden, reverse=True)
    ]
    return [Tier(sorted(tier.teams, key=str), tier.hidden) for tier in found if tier.size]


class Bracket:
    """The results of one bracket, by side and round."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.upper = self._by_round(results, Stage.UPPER)
        self.lower = self._by_round(results, Stage.LOWER)
        finals = sorted(
            (r for r in results if r.stage == Stage.GRAND_FINAL), key=lambda r: (r.round, r.number)
        )
        self.final = finals[-1] if finals else None
        self.teams = {team for result in results for team in result.teams}
        self.upper_rounds = appearances(self.upper)
        self.lower_rounds = appearances(self.lower)
        self.drops = self._drops()
        self.standing = self._standing()

    @staticmethod
    def _by_round(results: Sequence[Result], stage: Stage) -> dict[int, list[Result]]:
        rounds: dict[int, list[Result]] = defaultdict(list)
        for result in results:
            if result.stage == stage:
                rounds[result.round].append(result)
        return dict(sorted(rounds.items()))

    def _drops(self) -> dict[int, int]:
        """Return the round of the lower bracket into which the losers of each upper round fall.

        Read from the losers that are seen there; in between, one round after the previous upper round's.
        """
        drops: dict[int, int] = {}
        previous = 0
        for number, results in self.upper.items():
            seen = [
                self.lower_rounds[team][0]
                for result in results
                for team in result.teams
                if team in self.lower_rounds and self.upper_rounds[team][-1] == number
            ]
            previous = drops[number] = min(seen, default=previous + 1)
        return drops

    def _standing(self) -> set[TeamKey]:
        """Return the teams that nobody put out: the finalists, or without a final all who won their last."""
        if self.final:
            return set(self.final.teams)
        last_upper = self.upper[max(self.upper)] if self.upper else []
        last_lower = self.lower[max(self.lower)] if self.lower else []
        return {result.winner for result in (*last_upper, *last_lower) if result.winner is not None} - {
            result.loser for result in last_lower
        }

    def top(self) -> list[Tier]:
        """Return the tiers of those who are left at the end."""
        if self.final:
            if self.final.winner is None or self.final.loser is None:
                return [Tier(list(self.final.teams))]
            return [Tier([self.final.winner]), Tier([self.final.loser])]
        unbeaten = [team for team in self.standing if team not in self.lower_rounds]
        others = [team for team in self.standing if team in self.lower_rounds]
        if len(unbeaten) == len(others) == 1:
            return [Tier(unbeaten + others)]  # their final was due
        return [Tier(unbeaten), Tier(others)]

    def exits(self) -> dict[int, list[TeamKey]]:
        """Return the teams that left, by the lower bracket's round, or the upper one's when that is all."""
        exits: dict[int, list[TeamKey]] = defaultdict(list)
        for team in self.teams - self.standing:
            exits[self._exit_of(team)].append(team)
        return exits

    def _exit_of(self, team: TeamKey) -> int:
        if rounds := self.lower_rounds.get(team):
            last = rounds[-1]
            won = any(result.winner == team for result in self.lower[last])
            return last + 1 if won else last
        last = self.upper_rounds[team][-1]
        won = any(result.winner == team for result in self.upper[last])
        out = last + 1 if won else last
        if not self.lower:
            return out
        return self.drops.get(out, max(self.drops.values()) + 1)

    def hidden(self, exits: Mapping[int, Sequence[TeamKey]], unseen: int) -> dict[int, int]:
        """Return how many unseen entrants left in each round of the lower bracket, the late rounds first."""
        entered_directly = self._entered_directly()
        if not any(entered_directly.values()):
            return {}  # everybody fell from above, so nobody is unseen: gaps are byes
        hidden: dict[int, int] = {}
        for number in sorted(self.lower, reverse=True):
            lost_matches = self._skipped(number) + min(self._holes(number), entered_directly[number + 1])
            known = sum(1 for team in exits.get(number, []) if number not in self.lower_rounds.get(team, []))
            found = min(max(lost_matches - known, 0), unseen)
            if found:
                hidden[number] = found
                unseen -= found
        return hidden

    def _entered_directly(self) -> dict[int, int]:
        """Count, by round, the teams that begin in the lower bracket."""
        counts: dict[int, int] = defaultdict(int)
        for team, rounds in self.lower_rounds.items():
            if team not in self.upper_rounds:
                counts[rounds[0]] += 1
        return counts

    def _skipped(self, number: int) -> int:
        """Count the teams that were due in a round and are seen only in later ones."""
        skipped = 0
        for team, rounds in self.lower_rounds.items():
            fell = self.upper_rounds.get(team)
            due = [self.drops[fell[-1]] - 1] if fell else []
            skipped += any(before < number < after for before, after in pairwise([*due, *rounds]))
        return skipped

    def _holes(self, number: int) -> int:
        """Count the match numbers that a round leaves out."""
        numbers = {result.number for result in self.lower[number]}
        return max(numbers) + 1 - len(numbers)


def appearances(rounds: Mapping[int, Sequence[Result]]) -> dict[TeamKey, list[int]]:
    """Return the rounds that each team played in, in order."""
    played: dict[TeamKey, list[int]] = defaultdict(list)
    for number, results in rounds.items():
        for result in results:
            for team in result.teams:
                played[team].append(number)
    return played
