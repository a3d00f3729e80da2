"""Phases as they are stored, in the words of the formats."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from apps.tournaments.formats.engine import picture
from apps.tournaments.formats.fixtures import Decision, Pair, Picture, Spot, State
from apps.tournaments.formats.records import Row
from apps.tournaments.formats.results import NOBODY, Outcome, Result
from apps.tournaments.formats.settings import Swiss, settings_of
from apps.tournaments.formats.swiss import table_of
from apps.tournaments.models import Match, MatchStatus, Phase, PhaseEntry
from apps.tournaments.models.matches import WITHOUT_OPPONENT


class Stored(NamedTuple):
    """A match as its row has it."""

    pk: int
    stage: str
    group: str
    round: int
    number: int
    entry_a_id: int | None
    entry_b_id: int | None
    source_a: str
    source_b: str
    status: str
    outcome: str
    winner_id: int | None
    score_a: int
    score_b: int
    best_of: int | None

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return Spot(self.stage, self.group, self.round, self.number)

    @property
    def pair(self) -> Pair:
        """Who plays; nobody where nobody is known."""
        return Pair(self.entry_a_id or NOBODY, self.entry_b_id or NOBODY)

    @property
    def decided(self) -> bool:
        """Whether two entrants decided it."""
        return self.outcome not in WITHOUT_OPPONENT

    @property
    def decision(self) -> Decision:
        """How it was decided."""
        return Decision(self.pair, self.score_a, self.score_b, self.winner_id, self.outcome)

    @property
    def result(self) -> Result:
        """How it ended, with a bye or without."""
        return Result(
            *self.pair, self.score_a, self.score_b, self.winner_id, self.stage, self.group,
            self.round, self.number, outcome=self.outcome,
        )  # fmt: skip


def stored(phase: Phase) -> dict[Spot, Stored]:
    """Return the matches of a phase by where they stand. One query."""
    return stored_by_phase([phase])[phase.pk]


def stored_by_phase(phases: Iterable[Phase]) -> dict[int, dict[Spot, Stored]]:
    """Return the matches of phases. One query."""
    found: dict[int, dict[Spot, Stored]] = {phase.pk: {} for phase in phases}
    rows = Match.objects.filter(phase__in=found).order_by("pk").values_list("phase_id", *Stored._fields)
    for phase_id, *columns in rows:
        row = Stored(*columns)
        found[phase_id][row.spot] = row
    return found


class Seat(NamedTuple):
    """An entrant in a phase; `left` is why he plays no more, empty while he does."""

    entry_id: int
    seed: int
    left: str


Seats = Mapping[int, Sequence[Seat]]
"""Who is in each phase, the best seed first."""


def seats_of(phases: Iterable[Phase]) -> Seats:
    """Return who is in phases. One query."""
    found: dict[int, list[Seat]] = {phase.pk: [] for phase in phases}
    rows = PhaseEntry.objects.filter(phase__in=found).order_by("seed")
    for phase_id, entry_id, seed, left in rows.values_list("phase_id", "entry_id", "seed", "entry__left"):
        found[phase_id].append(Seat(entry_id, seed, left))
    return found


def state_of(rows: Mapping[Spot, Stored], seats: Iterable[Seat]) -> State:
    """Return all that has happened in a phase, for its format."""
    seats = list(seats)
    return State(
        seeds=[seat.entry_id for seat in seats],
        decisions={spot: row.decision for spot, row in rows.items() if row.decided},
        left={seat.entry_id: seat.left for seat in seats if seat.left},
        drawn={spot: row.pair for spot, row in rows.items() if row.status != MatchStatus.CANCELLED},
        begun={spot for spot, row in rows.items() if row.status == MatchStatus.LIVE},
    )


def wanted(phase: Phase, rows: Mapping[Spot, Stored]) -> Picture:
    """Return a phase as its format says it should be. One query."""
    state = state_of(rows, seats_of([phase])[phase.pk])
    return picture(settings_of(phase.format, phase.settings), state)


def tables_of(phases: Sequence[Phase], seats: Seats | None = None) -> dict[int, dict[str, list[Row]]]:
    """Return the tables of phases as they are, by phase and group. A query, two without `seats`.

    Who reads a table draws nothing. That of a Swiss follows from its results alone, and they are stored.
    """
    found: dict[int, dict[str, list[Row]]] = {}
    rows, seats = stored_by_phase(phases), seats_of(phases) if seats is None else seats
    for phase in phases:
        settings, in_it = settings_of(phase.format, phase.settings), seats.get(phase.pk, ())
        if isinstance(settings, Swiss):
            found[phase.pk] = {"": swiss_table(settings, rows[phase.pk].values(), in_it)}
        else:
            found[phase.pk] = picture(settings, state_of(rows[phase.pk], in_it)).tables
    return found


def swiss_table(settings: Swiss, rows: Iterable[Stored], seats: Sequence[Seat]) -> list[Row]:
    """Return the table of a Swiss."""
    seeds = [seat.entry_id for seat in seats]
    left = {seat.entry_id for seat in seats if seat.left}
    results = (row.result for row in rows if row.outcome not in ("", Outcome.VOID))
    return table_of(settings, seeds, left, results)
