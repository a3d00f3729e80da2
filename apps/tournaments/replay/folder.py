"""A folder of published results: a file per event, and perhaps `events.csv` with what they are called.

Files that are no events, such as kill feeds and published tables, are recognised by their columns and left
alone.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from apps.tournaments.formats.results import Stage
from apps.tournaments.replay.names import Rename, names_of
from apps.tournaments.replay.pools import with_real_pools
from apps.tournaments.replay.prizes import published_prizes
from apps.tournaments.replay.report import Report
from apps.tournaments.replay.rows import REQUIRED, REQUIRED_TO_RECOGNISE, header_of, printable, read_rows
from apps.tournaments.replay.series import Series, assemble

INDEX = "events.csv"
LABEL_MAX = 120  # characters of an event's name, title and city


class NoSeason(Exception):
    """There is nothing to play; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What `events.csv` says of an event."""

    name: str = ""
    title: str = ""
    city: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class EventResults:
    """One event: what it is called, and its series in order of time."""

    external_id: str
    file: str
    label: Label
    series: Sequence[Series]
    renames: Sequence[Rename]
    # What the places were published to get, in DeltaCoins.
    prizes: Mapping[int, int] = field(default_factory=dict)

    @property
    def starts_at(self) -> datetime:
        """When it began: the published day, or the first map if that was earlier or no day is known."""
        first = min(series.first_map_at for series in self.series)
        return min(first, midnight(self.label.starts_on)) if self.label.starts_on else first

    @property
    def ends_at(self) -> datetime:
        """When its last series ended."""
        return self.series[-1].ended_at

    def lineups(self) -> dict[str, list[str]]:
        """Return every team with the players of its first series; a player is in one line-up, his first."""
        lineups: dict[str, list[str]] = {}
        listed: set[str] = set()
        for series in self.series:
            for team in series.teams:
                if team not in lineups:
                    players = [totals.player for totals in series.players if totals.team == team]
                    lineups[team] = [player for player in players if player not in listed]
                    listed.update(players)
        return lineups

    def best_of(self, series: Series) -> int:
        """Return how many maps a series was announced for: what the event's series were mostly won with."""
        if series.where.stage == Stage.TIE_BREAK:
            return 1
        wins = Counter(max(s.scores) for s in self.series if s.where.stage != Stage.TIE_BREAK)
        return max(2 * wins.most_common(1)[0][0] - 1, 1)


def read_season(folder: Path, report: Report) -> list[EventResults]:
    """Return the events of a folder, in order of their files' names.

    Raises NoSeason when the folder is missing or has no event in it.
    """
    if not folder.is_dir():
        raise NoSeason(f"{folder} is not a folder")
    labels = read_index(folder / INDEX, report) if (folder / INDEX).exists() else {}
    prizes = published_prizes(folder, report)
    events = []
    for path in event_files(folder, labels, report):
        label = labels.get(path.name, Label())
        event = replace(read_event(path, label, report), prizes=prizes.get(external_id(path), {}))
        if event.series:
            events.append(event)
        else:
            report.wonder(path.name, 1, "no series in this file can be played")
    if not events:
        raise NoSeason(f"{folder} holds no event: no CSV file in it has the columns {', '.join(REQUIRED)}")
    for name in labels.keys() - {path.name for path in folder.iterdir()}:
        report.wonder(INDEX, 1, f"{name} is listed, but it is not here")
    return events


def event_files(folder: Path, labels: dict[str, Label], report: Report) -> list[Path]:
    """Return the files that hold players' rows: the listed ones, and those whose columns say so."""
    found: dict[str, Path] = {}
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        known = len(set(REQUIRED) & set(header_of(path)))
        if path.name == INDEX or (path.name not in labels and known < REQUIRED_TO_RECOGNISE):
            continue
        if external_id(path) in found:
            report.wonder(path.name, 1, f"left alone: {found[external_id(path)].name} is the same event")
            continue
        found[external_id(path)] = path
    return list(found.values())


def external_id(path: Path) -> str:
    """Return the name by which an event is known again: the file's name without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".csv")[:100]


def read_event(path: Path, label: Label, report: Report) -> EventResults:
    """Return one event."""
    rows = list(read_rows(path, report))
    names = names_of(rows)
    for rename in names.renames:
        report.wonder(path.name, rename.line, f"{rename.old} plays on as {rename.new}: renamed")
    series = assemble(path.name, rows, names, report)
    return EventResults(
        external_id(path), path.name, label, regrouped(path.name, series, report), names.renames
    )


def regrouped(file: str, series: Sequence[Series], report: Report) -> Sequence[Series]:
    """Return the series with pools that are pools, also where the published ids only number the series.

    In a real pool everybody plays under one letter. Where teams play under several, the letters say nothing,
    and who played whom makes the pools.
    """
    found = with_real_pools(series)
    if found is not series:
        report.wonder(file, 1, "teams play under several pool letters: pools are made of who played whom")
    return found


def read_index(path: Path, report: Report) -> dict[str, Label]:
    """Return what `events.csv` says, by file name."""
    labels: dict[str, Label] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                values = {
                    str(key).strip().lower(): value.strip()
                    for key, value in row.items()
                    if isinstance(value, str)
                }
                label_row(values, labels, reader.line_num, report)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        report.leave_out(path.name, 1, f"the file cannot be read: {error}")
    return labels


def label_row(values: dict[str, str], labels: dict[str, Label], line: int, report: Report) -> None:
    """Add one row of `events.csv`, or report it."""
    name = values.get("file", "")
    if not name or name in labels:
        report.leave_out(INDEX, line, f"{name} is listed twice" if name else "file is empty")
        return
    days: list[date | None] = []
    for column in ("start_date", "end_date"):
        try:
            days.append(date.fromisoformat(values[column]) if values.get(column) else None)
        except ValueError:
            report.leave_out(INDEX, line, f"{column} {values[column][:40]!r} is not a day like 2018-01-14")
            return
    texts = [
        printable(" ".join(values.get(column, "").split()))[:LABEL_MAX]
        for column in ("event", "title", "city")
    ]
    labels[name] = Label(texts[0], texts[1], texts[2], days[0], days[1])


def name_from(external: str) -> str:
    """Return a readable name for an event that `events.csv` does not name: `champs (2018-08-19)`."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[-_ ]+(.+)", external)
    if not found:
        return external
    return f"{found[2].replace('-', ' ').replace('_', ' ')} ({found[1]})"


def midnight(day: date) -> datetime:
    """Return the day's first moment, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
