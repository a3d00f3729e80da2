"""The series of one event: maps put together, sides settled, players' numbers summed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.tournaments.replay.names import Names
from apps.tournaments.replay.report import Report
from apps.tournaments.replay.rows import PlayerRow
from apps.tournaments.replay.series_ids import Where, where


@dataclass(frozen=True, slots=True)
class MapResult:
    """One map; `winner` is a team, None when the file names none (lost or level)."""

    map_id: str
    mode: str
    map_name: str
    ended_at: datetime
    scores: dict[str, int]
    winner: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """A player's numbers over all maps of a series."""

    player: str
    team: str
    kills: int
    deaths: int
    assists: int


@dataclass(frozen=True, slots=True)
class Series:
    """One match. Teams go by the first name their event uses; `names` are those they played under."""

    series_id: str
    line: int
    where: Where
    teams: tuple[str, str]
    names: tuple[str, str]
    scores: tuple[int, int]
    maps: list[MapResult]
    players: list[Totals]

    @property
    def first_map_at(self) -> datetime:
        """The end of the first map."""
        return self.maps[0].ended_at

    @property
    def ended_at(self) -> datetime:
        """The end of the last map."""
        return self.maps[-1].ended_at


Maps = dict[str, list[PlayerRow]]


def assemble(file: str, rows: Iterable[PlayerRow], names: Names, report: Report) -> list[Series]:
    """Return the series of an event in order of their ends."""
    by_series: dict[str, Maps] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_series[row.series_id][row.map_id].append(row)
    found = []
    for series_id, maps in by_series.items():
        checked = {map_id: one_map(file, rows, names.team_of, report) for map_id, rows in maps.items()}
        series = one_series(file, series_id, checked, names.team_of, report)
        if series:
            remark(file, series, report)
            found.append(series)
    return sorted(found, key=lambda series: (series.ended_at, series.line))


def one_map(
    file: str, rows: Sequence[PlayerRow], team_of: Mapping[str, str], report: Report
) -> list[PlayerRow]:
    """Return the usable rows of one map: two teams, each player once, one word on who won."""
    by_team = Counter(team_of[row.team] for row in rows)
    teams = {team for team, _ in by_team.most_common(2)}
    words = {team: Counter(row.won for row in rows if team_of[row.team] == team) for team in teams}
    won = {team: said.most_common(1)[0][0] for team, said in words.items()}
    seen: dict[str, int] = {}
    kept = []
    for row in rows:
        team = team_of[row.team]
        if row.player in seen:
            fault = f"{row.player} is in map {row.map_id} already, in line {seen[row.player]}"
        elif team not in teams:
            fault = f"{row.team} is a third team in map {row.map_id}"
        elif row.won != won[team]:
            fault = f"win? contradicts the other rows of {row.team} in map {row.map_id}"
        else:
            seen[row.player] = row.line
            kept.append(row)
            continue
        report.leave_out(file, row.line, fault)
    if len(won) == 2 and all(won.values()):
        report.leave_out(file, rows[0].line, f"both teams won map {rows[0].map_id}: it counts for neither")
    return kept


def one_series(
    file: str, series_id: str, maps: Maps, team_of: Mapping[str, str], report: Report
) -> Series | None:
    """Put the maps of one series together; None, and a report, when it is no match of two teams."""
    ordered = sorted(maps.values(), key=lambda rows: (max(row.ended_at for row in rows), rows[0].line))
    appearances: Counter[str] = Counter()
    for rows in ordered:
        appearances.update(list(dict.fromkeys(team_of[row.team] for row in rows)))
    teams = [team for team, _ in appearances.most_common(2)]
    first = min(rows[0].line for rows in ordered)
    if len(teams) < 2:
        report.leave_out(file, first, f"series {series_id} is left out: {teams[0]} has no opponent in it")
        return None
    played = []
    for rows in ordered:
        if {team_of[row.team] for row in rows} <= set(teams):
            played.append(rows)
            continue
        for row in rows:
            report.leave_out(file, row.line, f"series {series_id} is between {teams[0]} and {teams[1]}")
    results = [map_result(rows, team_of) for rows in played]
    wins = Counter(result.winner for result in results)
    everyone = [row for rows in played for row in rows]
    latest = {team_of[row.team]: row.team for row in everyone}
    return Series(
        series_id=series_id,
        line=first,
        where=where(series_id),
        teams=(teams[0], teams[1]),
        names=(latest[teams[0]], latest[teams[1]]),
        scores=(wins[teams[0]], wins[teams[1]]),
        maps=results,
        players=totals(everyone, team_of),
    )


def map_result(rows: Sequence[PlayerRow], team_of: Mapping[str, str]) -> MapResult:
    """Return who won a map, and with which score."""
    winners = {team_of[row.team] for row in rows if row.won}
    return MapResult(
        map_id=rows[0].map_id,
        mode=rows[0].mode,
        map_name=rows[0].map_name,
        ended_at=max(row.ended_at for row in rows),
        scores={team_of[row.team]: row.score for row in rows},
        winner=winners.pop() if len(winners) == 1 else None,
    )


def totals(rows: Sequence[PlayerRow], team_of: Mapping[str, str]) -> list[Totals]:
    """Sum each player's numbers; who played for both sides counts for the one he played more maps for."""
    by_player: dict[str, list[PlayerRow]] = defaultdict(list)
    for row in rows:
        by_player[row.player].append(row)
    return [
        Totals(
            player=player,
            team=Counter(team_of[row.team] for row in own).most_common(1)[0][0],
            kills=sum(row.kills for row in own),
            deaths=sum(row.deaths for row in own),
            assists=sum(row.assists for row in own),
        )
        for player, own in by_player.items()
    ]


def remark(file: str, series: Series, report: Report) -> None:
    """Report what is unusual about a series that is played all the same."""
    if series.scores[0] == series.scores[1]:
        score = f"{series.scores[0]}:{series.scores[1]}"
        report.wonder(file, series.line, f"series {series.series_id} ended level, {score}: nobody won it")
    if series.where.stage == series.where.stage.OTHER:
        report.wonder(
            file, series.line, f"series {series.series_id} is of no known form: no place in a bracket"
        )
