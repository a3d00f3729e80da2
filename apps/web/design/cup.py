"""A double elimination of 64 that nobody played: always the same one, made without the database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, product
from random import Random

from django.utils.translation import gettext as _

from apps.tournaments.selectors import Bracket, MatchCard, Round, Side

ENTRANTS = 64
BEGIN = datetime(2026, 5, 2, 9, tzinfo=UTC)
FIRST_WORDS = ("Red", "Iron", "Pale", "Bold", "Swift", "Grim", "Wild", "Calm")
LAST_WORDS = ("Owls", "Foxes", "Kings", "Crows", "Hawks", "Stags", "Bears", "Lynx")
UPSET = 0.28
"""How often the weaker seed wins."""


class Cup:
    """The bracket while it is played."""

    def __init__(self) -> None:
        """Seed the field."""
        self.draw = Random("A cup of 64")
        self.ids = count(1)
        names = [f"{first} {last}" for first, last in product(FIRST_WORDS, LAST_WORDS)]
        self.draw.shuffle(names)
        self.seeds = dict(enumerate(names, 1))

    def play(self) -> Bracket:
        """Play all of it."""
        upper: list[Round] = []
        lower: list[Round] = []
        field = seeding(ENTRANTS)
        survivors: list[int] = []
        while len(field) > 1:
            matches, field, losers = self.round("UPPER", len(upper) + 1, pairs(field))
            title = _("Upper final") if len(field) == 1 else _("Round %(n)d") % {"n": len(upper) + 1}
            upper.append(Round(title, matches))
            if not survivors:
                meetings = [pairs(losers)]
            else:
                # Whoever falls comes in at the other end, so that nobody meets the same one again soon.
                meetings = [list(zip(survivors, reversed(losers), strict=True))]
            while meetings:
                matches, survivors, _lost = self.round("LOWER", len(lower) + 1, meetings.pop())
                last = len(field) == 1 and len(survivors) == 1
                title = _("Lower final") if last else _("Round %(n)d") % {"n": len(lower) + 1}
                lower.append(Round(title, matches))
                if len(survivors) > len(field) // 2 and len(survivors) > 1:
                    meetings = [pairs(survivors)]
        return Bracket(upper, lower, self.finals(field[0], survivors[0]))

    def finals(self, unbeaten: int, other: int) -> list[Round]:
        """Play the final, and once more when the unbeaten one loses it."""
        first = self.match("GRAND_FINAL", 1, 0, (unbeaten, other), winner=other)
        reset = self.match("GRAND_FINAL", 1, 1, (unbeaten, other))
        return [Round(_("Grand final"), [first]), Round(_("Grand final, reset"), [reset])]

    def round(
        self, stage: str, number: int, meetings: Sequence[tuple[int, int]]
    ) -> tuple[list[MatchCard], list[int], list[int]]:
        """Play a round: its matches, who won and who lost, by seeds."""
        matches = [self.match(stage, number, place, seeds) for place, seeds in enumerate(meetings)]
        won = [a if match.a.won else b for match, (a, b) in zip(matches, meetings, strict=True)]
        lost = [b if match.a.won else a for match, (a, b) in zip(matches, meetings, strict=True)]
        return matches, won, lost

    def match(
        self, stage: str, round_: int, number: int, seeds: tuple[int, int], *, winner: int = 0
    ) -> MatchCard:
        """Play a match; the better seed wins most of them."""
        better, worse = sorted(seeds)
        winner = winner or (worse if self.draw.random() < UPSET else better)
        best_of = 5 if stage == "GRAND_FINAL" else 3
        most = best_of // 2 + 1
        scores = [most if seed == winner else self.draw.randrange(most) for seed in seeds]
        a, b = (self.side(seed, score, seed == winner) for seed, score in zip(seeds, scores, strict=True))
        id_ = next(self.ids)
        names = {"UPPER": _("Upper bracket"), "LOWER": _("Lower bracket"), "GRAND_FINAL": _("Grand final")}
        return MatchCard(
            id=id_,
            tournament_id=0,
            tournament_name=_("Cup of 64"),
            tournament_slug="",
            stage=stage,
            group="",
            round=round_,
            number=number,
            label=names[stage]
            if stage == "GRAND_FINAL"
            else _("%(bracket)s, round %(n)d") % {"bracket": names[stage], "n": round_},
            a=a,
            b=b,
            played_at=BEGIN + timedelta(minutes=20 * id_),
            best_of=best_of,
        )

    def side(self, seed: int, score: int, won: bool) -> Side:
        """Return one side of a match."""
        name = self.seeds[seed]
        return Side(seed, "", tag_of(name), name, name, score, won, seed=seed)


def cup() -> Bracket:
    """Return the cup, played to its end."""
    return Cup().play()


def matches_of(bracket: Bracket) -> Iterator[MatchCard]:
    """Yield every match of a bracket."""
    for round_ in (*bracket.upper, *bracket.lower, *bracket.final):
        yield from round_.matches


def tag_of(name: str) -> str:
    """Return three capitals for a name of two words."""
    first, last = name.split()
    return f"{first[0]}{last[:2]}".upper()


def seeding(size: int) -> list[int]:
    """Return the seeds in the order of the first round, so that the best two can only meet at the end."""
    order = [1]
    while len(order) < size:
        order = [seed for each in order for seed in (each, 2 * len(order) + 1 - each)]
    return order


def pairs(field: Sequence[int]) -> list[tuple[int, int]]:
    """Return neighbours as meetings."""
    return list(zip(field[::2], field[1::2], strict=True))
