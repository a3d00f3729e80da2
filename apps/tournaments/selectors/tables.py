"""The tables of a tournament's groups and divisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apps.tournaments.formats.records import Number, Row
from apps.tournaments.formats.results import Stage
from apps.tournaments.formats.settings import Format, Table, settings_of
from apps.tournaments.formats.tables import group_tables as tables_of
from apps.tournaments.formats.tie_breaks import RULES, Rule
from apps.tournaments.models import Phase, PhaseStatus
from apps.tournaments.selectors.entries import Standing, standings
from apps.tournaments.services import states, tournaments
from apps.user_profile.selectors import PlayerCard

__all__ = ["GroupRow", "GroupTable", "group_tables", "phases_of"]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A team in a table; `rank` is shared by equals. `points` are matches won."""

    team_id: int | None
    team_slug: str
    team_tag: str
    name: str
    played_as: str
    rank: int
    played: int
    won: int
    lost: int
    drawn: int
    games_won: int
    games_lost: int
    score: str = ""
    sums: tuple[str, ...] = ()
    player: PlayerCard | None = None
    entry_id: int = 0

    @property
    def points(self) -> int:
        """What a table without points is ordered by first."""
        return self.won

    @property
    def difference(self) -> int:
        """Games won less games lost."""
        return self.games_won - self.games_lost


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A group of the pools, a division of the league or a Swiss, best first.

    `rules` are those that part equals, in order; every row has its sum for each. `more` rows were left out.
    """

    name: str
    stage: str
    rows: Sequence[GroupRow]
    rules: Sequence[Rule] = ()
    more: int = 0


def phases_of(tournament_id: int) -> list[Phase]:
    """Return the phases of a tournament in order."""
    return list(Phase.objects.filter(tournament_id=tournament_id))


def group_tables(
    tournament_id: int,
    *,
    phases: Sequence[Phase] | None = None,
    entrants: Sequence[Standing] | None = None,
    seats: states.Seats | None = None,
    most: int | None = None,
) -> list[GroupTable]:
    """Return all tables of a tournament, as far as it is played; give what is known of it already.

    Of each at `most` so many rows, the first ones.

    Two queries, and one each for its phases, their seats and the entrants, where they have to be read.
    """
    phases = phases_of(tournament_id) if phases is None else phases
    drawn = [one for one in phases if one.format in STAGE_OF and one.status != PhaseStatus.PENDING]
    if phases and not drawn:
        return []
    entrants = standings(tournament_id) if entrants is None else entrants
    entrant_of = {entrant.entry_id: entrant for entrant in entrants}
    if not phases:
        return [
            GroupTable(
                title(stage, group),
                stage,
                [table_row(row, entrant_of) for row in rows[:most]],
                more=len(rows) - len(rows[:most]),
            )
            for (stage, group), rows in tables_of(tournaments.results(tournament_id)).items()
        ]
    found = states.tables_of(drawn, seats)
    return [
        table
        for phase in drawn
        for table in phase_tables(phase, found[phase.pk], entrant_of, alone=len(drawn) == 1, most=most)
    ]


STAGE_OF = {Format.ROUND_ROBIN: Stage.POOL, Format.SWISS: Stage.SWISS}


def phase_tables(
    phase: Phase,
    tables: Mapping[str, Sequence[Row]],
    entrant_of: Mapping[int, Standing],
    *,
    alone: bool,
    most: int | None = None,
) -> Iterator[GroupTable]:
    """Yield the tables of a phase with the sums that part equals; the phase is named unless it is alone."""
    settings = settings_of(phase.format, phase.settings)
    assert isinstance(settings, Table)
    rules = [RULES[name] for name in settings.tie_breaks]
    stage = STAGE_OF[Format(phase.format)]
    for group, rows in tables.items():
        name = title(stage, group) if group else str(phase)
        yield GroupTable(
            name if alone or not group else f"{phase}, {name}",
            stage,
            [
                replace(
                    table_row(row, entrant_of),
                    score=shown(row.points),
                    sums=tuple(
                        shown(row.values[key], percent=RULES[key].percent) if key in row.values else ""
                        for key in settings.tie_breaks
                    ),
                )
                for row in rows[:most]
            ],
            rules,
            more=len(rows) - len(rows[:most]),
        )


def shown(value: Number, *, percent: bool = False) -> str:
    """Return a sum as people write it: `7`, `2.5`, `63.9%`."""
    if percent:
        return f"{float(value):.1%}"
    return f"{float(value):g}"


def table_row(row: Row, entrant_of: Mapping[int, Standing]) -> GroupRow:
    """Return one line of a table."""
    entrant = entrant_of[int(row.team)]
    return GroupRow(
        team_id=entrant.team_id,
        team_slug=entrant.team_slug,
        team_tag=entrant.team_tag,
        name=entrant.name,
        played_as=entrant.played_as,
        player=entrant.player,
        rank=row.rank,
        played=row.played,
        won=row.won,
        lost=row.lost,
        drawn=row.drawn,
        games_won=row.games_won,
        games_lost=row.games_lost,
        entry_id=entrant.entry_id,
    )


def title(stage: str, group: str) -> str:
    """Return what a table is called."""
    kind = "Division" if stage == Stage.LEAGUE else "Group"
    return f"{kind} {group}".strip()
