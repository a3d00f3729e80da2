"""The tables of a tournament's groups and divisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.tournaments.formats.records import Row
from apps.tournaments.formats.results import Stage
from apps.tournaments.formats.tables import group_tables as tables_of
from apps.tournaments.models import TournamentEntry
from apps.tournaments.services import tournaments


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A team in a table; `rank` is shared by equals. `points` are matches won."""

    team_id: int
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

    @property
    def points(self) -> int:
        """What the table is ordered by first."""
        return self.won

    @property
    def difference(self) -> int:
        """Games won less games lost."""
        return self.games_won - self.games_lost


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A group of the pools or a division of the league, best first."""

    name: str
    stage: str
    rows: Sequence[GroupRow]


def group_tables(tournament_id: int) -> list[GroupTable]:
    """Return all tables of a tournament, as far as it is played. Two queries."""
    found = tables_of(tournaments.results(tournament_id))
    entries = TournamentEntry.objects.filter(tournament_id=tournament_id).select_related("team")
    entry_of = {entry.pk: entry for entry in entries}
    return [
        GroupTable(title(stage, group), stage, [table_row(row, entry_of) for row in rows])
        for (stage, group), rows in found.items()
    ]


def table_row(row: Row, entry_of: dict[int, TournamentEntry]) -> GroupRow:
    """Return one line of a table."""
    entry = entry_of[int(row.team)]
    assert entry.team is not None
    return GroupRow(
        team_id=entry.team.pk,
        team_slug=entry.team.slug,
        team_tag=entry.team.tag,
        name=entry.team.name,
        played_as=entry.name,
        rank=row.rank,
        played=row.played,
        won=row.won,
        lost=row.lost,
        drawn=row.drawn,
        games_won=row.games_won,
        games_lost=row.games_lost,
    )


def title(stage: str, group: str) -> str:
    """Return what a table is called."""
    kind = "Division" if stage == Stage.LEAGUE else "Group"
    return f"{kind} {group}".strip()
