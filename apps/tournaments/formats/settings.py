"""The formats that a phase can be played in, and what can be chosen in each."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from apps.tournaments.formats.tie_breaks import RULES

BEST_OF_MAX = 99
GROUPS_MAX = 256
ROUNDS_MAX = 40
POINTS_MAX = 100


class Format(TextChoices):
    """How a phase is played."""

    SINGLE_ELIMINATION = "SINGLE_ELIMINATION", "Single elimination"
    DOUBLE_ELIMINATION = "DOUBLE_ELIMINATION", "Double elimination"
    ROUND_ROBIN = "ROUND_ROBIN", "Round robin"
    SWISS = "SWISS", "Swiss"


class Final(TextChoices):
    """What the winners of the upper and the lower bracket play for."""

    NONE = "NONE", "No final"
    SINGLE = "SINGLE", "One final"
    RESET = "RESET", "A final, and a second one when the lower bracket wins it"


class Left(TextChoices):
    """What becomes of the matches in a group of somebody who leaves it."""

    FORFEIT = "FORFEIT", "Those not played yet are lost by forfeit"
    ANNUL = "ANNUL", "None of them counts"


class BadSettings(ValidationError):
    """A setting is unknown or out of range; the message names it."""

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(
            "The setting %(name)s has to be %(wanted)s.",
            code="bad_settings",
            params={"name": name[:60], "wanted": wanted},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every format has: how long a match is, and in some rounds (`UPPER/3`, `GRAND_FINAL`) another."""

    best_of: int = 1
    best_of_rounds: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise BadSettings for what nobody can play."""
        check_number("best_of", self.best_of, 1, BEST_OF_MAX)
        if not isinstance(self.best_of_rounds, dict) or len(self.best_of_rounds) > ROUNDS_MAX:
            raise BadSettings("best_of_rounds", "a best-of for each of some rounds")
        for name, best_of in self.best_of_rounds.items():
            check_number(f"best_of_rounds.{name}", best_of, 1, BEST_OF_MAX)

    @classmethod
    def of(cls, values: object) -> Self:
        """Return the settings that a JSON object holds; what it leaves out is as usual.

        Raises BadSettings.
        """
        if not isinstance(values, dict):
            raise BadSettings("settings", "an object")
        known = {one.name: one for one in fields(cls)}
        if unknown := [name for name in values if name not in known]:
            raise BadSettings(str(unknown[0]), f"one of {', '.join(sorted(known))}")
        given: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one for name, one in values.items()
        }
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        """Return them as `of` reads them."""
        return {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}

    def length(self, stage: str, number: int) -> int:
        """Return the best-of of a round."""
        rounds = self.best_of_rounds
        return rounds.get(f"{stage}/{number}") or rounds.get(stage) or self.best_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleElimination(Settings):
    """`third_place` lets the losers of the semi-finals play for it."""

    third_place: bool = False

    def __post_init__(self) -> None:
        """Raise BadSettings."""
        Settings.__post_init__(self)
        check_flag("third_place", self.third_place)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleElimination(Settings):
    """How the final is played."""

    final: str = Final.RESET

    def __post_init__(self) -> None:
        """Raise BadSettings."""
        Settings.__post_init__(self)
        check_choice("final", self.final, Final.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Settings):
    """A format that ends with a table: points for a match, and what parts equals."""

    win: int = 3
    draw: int = 1
    loss: int = 0
    draws: bool = False
    tie_breaks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise BadSettings."""
        Settings.__post_init__(self)
        check_flag("draws", self.draws)
        for name in ("win", "draw", "loss"):
            check_number(name, getattr(self, name), 0, POINTS_MAX)
        if not self.loss <= self.draw <= self.win or self.loss == self.win:
            raise BadSettings("win", "more than a loss, and a draw in between")
        if not isinstance(self.tie_breaks, tuple):
            raise BadSettings("tie_breaks", "a list of names")
        for name in self.tie_breaks:
            check_choice("tie_breaks", name, list(RULES))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRobin(Table):
    """Everybody against everybody in each group, `cycles` times."""

    groups: int = 1
    cycles: int = 1
    left: str = Left.FORFEIT
    tie_breaks: tuple[str, ...] = ("head_to_head", "head_to_head_games", "difference", "games_won")

    def __post_init__(self) -> None:
        """Raise BadSettings."""
        Table.__post_init__(self)
        check_number("groups", self.groups, 1, GROUPS_MAX)
        check_number("cycles", self.cycles, 1, 2)
        check_choice("left", self.left, Left.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swiss(Table):
    """Equals against equals, never twice; as many `rounds` as it takes to find one winner, unless given."""

    rounds: int | None = None
    tie_breaks: tuple[str, ...] = ("median_buchholz", "head_to_head", "buchholz", "difference")

    def __post_init__(self) -> None:
        """Raise BadSettings."""
        Table.__post_init__(self)
        if self.rounds is not None:
            check_number("rounds", self.rounds, 1, ROUNDS_MAX)


SETTINGS: dict[str, type[Settings]] = {
    Format.SINGLE_ELIMINATION: SingleElimination,
    Format.DOUBLE_ELIMINATION: DoubleElimination,
    Format.ROUND_ROBIN: RoundRobin,
    Format.SWISS: Swiss,
}


def settings_of(format_: str, values: object) -> Settings:
    """Return the settings of a format, checked.

    Raises BadSettings.
    """
    return SETTINGS[format_].of(values)


def check_number(name: str, value: object, least: int, most: int) -> None:
    """Raise BadSettings unless it is a whole number in a range."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadSettings(name, f"a whole number from {least} to {most}")


def check_flag(name: str, value: object) -> None:
    """Raise BadSettings unless it is true or false."""
    if not isinstance(value, bool):
        raise BadSettings(name, "true or false")


def check_choice(name: str, value: object, choices: list[str]) -> None:
    """Raise BadSettings unless it is one of several words."""
    if not isinstance(value, str) or value not in choices:
        raise BadSettings(name, f"one of {', '.join(choices)}")
