"""The table of a group or a division: who stands where, and by which rule.

Order, as `TIE_BREAKS` lists it: matches won (then fewer lost, for a table whose matches are not all known);
then, among those still level, the matches played as tie-breaks, the matches and then the games they played
against each other, the difference of all games, and all games won. The last equals share a rank. When a tie
shrinks, what remains is compared from the first of these rules again, among the remaining teams only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from apps.tournaments.formats.results import GROUP_STAGES, Result, Stage, TeamKey


@dataclass(slots=True)
class Row:
    """A team's record in one group; `rank` starts at 1 and is shared by equals."""

    team: TeamKey
    rank: int = 0
    played: int = 0
    won: int = 0
    lost: int = 0
    drawn: int = 0
    games_won: int = 0
    games_lost: int = 0

    @property
    def difference(self) -> int:
        """Games won less games lost."""
        return self.games_won - self.games_lost


Measure = tuple[int, ...]
TieBreak = Callable[[Row, Sequence[Result], Sequence[Result]], Measure]


def by_tie_break_matches(row: Row, among: Sequence[Result], extra: Sequence[Result]) -> Measure:
    """Measure the matches that were played to part the tie."""
    record = record_of(row.team, extra)
    return (record.won - record.lost,)


def by_head_to_head(row: Row, among: Sequence[Result], extra: Sequence[Result]) -> Measure:
    """Measure the matches that the tied teams played against each other."""
    record = record_of(row.team, among)
    return (record.won - record.lost,)


def by_head_to_head_games(row: Row, among: Sequence[Result], extra: Sequence[Result]) -> Measure:
    """Measure the games that the tied teams played against each other."""
    return (record_of(row.team, among).difference,)


def by_difference(row: Row, among: Sequence[Result], extra: Sequence[Result]) -> Measure:
    """Measure all games of the group."""
    return (row.difference,)


def by_games_won(row: Row, among: Sequence[Result], extra: Sequence[Result]) -> Measure:
    """Measure all games won in the group."""
    return (row.games_won,)


TIE_BREAKS: tuple[TieBreak, ...] = (
    by_tie_break_matches,
    by_head_to_head,
    by_head_to_head_games,
    by_difference,
    by_games_won,
)


def group_tables(results: Iterable[Result]) -> dict[tuple[str, str], list[Row]]:
    """Return the table of every pool and division, by stage and group, in order of the groups' names."""
    results = list(results)
    groups = sorted({(result.group, result.stage) for result in results if result.stage in GROUP_STAGES})
    return {
        (stage, group): table(r for r in results if r.group == group and r.stage in (stage, Stage.TIE_BREAK))
        for group, stage in groups
    }


def table(results: Iterable[Result]) -> list[Row]:
    """Return the rows of one group, best first. Tie-break matches part ties and count for nothing else."""
    results = list(results)
    counted = [result for result in results if result.stage in GROUP_STAGES]
    extra = [result for result in results if result.stage == Stage.TIE_BREAK]
    rows = records(counted)
    ranked: list[Row] = []
    for level in parted(rows.values(), lambda row: (row.won, -row.lost)):
        for equals in part_ties(level, counted, extra):
            for row in equals:
                row.rank = len(ranked) + 1
            ranked += sorted(equals, key=lambda row: str(row.team))
    return ranked


def records(results: Iterable[Result]) -> dict[TeamKey, Row]:
    """Count what every team won and lost."""
    rows: dict[TeamKey, Row] = {}
    for result in results:
        for team, games_won, games_lost in result.scores():
            row = rows.setdefault(team, Row(team))
            row.played += 1
            row.won += result.winner == team
            row.lost += result.loser == team
            row.drawn += result.winner is None
            row.games_won += games_won
            row.games_lost += games_lost
    return rows


def record_of(team: TeamKey, results: Iterable[Result]) -> Row:
    """Return one team's record over some results, all zero when it is in none of them."""
    return records(results).get(team, Row(team))


def part_ties(tied: Sequence[Row], counted: Sequence[Result], extra: Sequence[Result]) -> list[list[Row]]:
    """Split teams with equal records into ordered groups of equals."""
    if len(tied) == 1:
        return [list(tied)]
    teams = {row.team for row in tied}
    among = [result for result in counted if teams.issuperset(result.teams)]
    parting = [result for result in extra if teams.issuperset(result.teams)]
    for rule in TIE_BREAKS:
        parts = parted(tied, lambda row, rule=rule: rule(row, among, parting))  # type: ignore[misc]
        if len(parts) > 1:
            return [equals for part in parts for equals in part_ties(part, counted, extra)]
    return [list(tied)]


def parted(rows: Iterable[Row], measure: Callable[[Row], Measure]) -> list[list[Row]]:
    """Group rows by a measure, the highest first."""
    parts: dict[Measure, list[Row]] = {}
    for row in rows:
        parts.setdefault(measure(row), []).append(row)
    return [parts[value] for value in sorted(parts, reverse=True)]
