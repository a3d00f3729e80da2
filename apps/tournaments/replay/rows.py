"""One line of an event file: a player in a map. Checked here and nowhere else."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError

from apps.tournaments.replay.report import Report
from apps.user_profile.services.names import normalise_display_name, validate_display_name

REQUIRED = ("match id", "series id", "end time", "team", "player", "win?", "kills", "deaths", "assists")
# A file with at least so many of these columns is one of an event, whatever else it lacks.
REQUIRED_TO_RECOGNISE = 5

TEXTS = {"match id": 80, "series id": 80, "team": 80, "player": 64}  # greatest lengths, in characters
NUMBER_MAX = 1_000_000  # per map; the sums of a series still fit their columns


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """A player in one map."""

    line: int
    map_id: str
    series_id: str
    ended_at: datetime
    mode: str
    map_name: str
    team: str
    player: str
    won: bool
    score: int
    kills: int
    deaths: int
    assists: int


YEARS = range(1972, 2200)  # since there are video games; anything else is a slip


class BadRow(ValueError):
    """A row that cannot be used; the message says why."""


def header_of(path: Path) -> list[str]:
    """Return the column names of a file, in lower case; empty when the first line cannot be read."""
    try:
        with opened(path) as file:
            return columns_of(file.readline())
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error):
        return []


def read_rows(path: Path, report: Report) -> Iterator[PlayerRow]:
    """Yield the usable rows of an event file and report the others.

    A record is one line. A file that lacks a column is reported at line 1 and yields nothing.
    """
    number = 1
    try:
        with opened(path) as file:
            columns = columns_of(file.readline())
            if missing := [name for name in REQUIRED if name not in columns]:
                report.leave_out(path.name, 1, f"the file is left out: no column {', '.join(missing)}")
                return
            for number, line in enumerate(file, start=2):
                if line.strip():
                    try:
                        yield parse(line, number, columns)
                    except BadRow as error:
                        report.leave_out(path.name, number, str(error))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        report.leave_out(path.name, number, f"the file cannot be read any further: {error}")


def opened(path: Path) -> IO[bytes]:
    """Open a plain or gzipped file."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def columns_of(line: bytes) -> list[str]:
    """Return the names in a header line."""
    fields = next(csv.reader([line.decode("utf-8-sig")], strict=True), [])
    return [field.strip().lower() for field in fields]


def parse(line: bytes, number: int, columns: Sequence[str]) -> PlayerRow:
    """Return one line as a row.

    Raises BadRow.
    """
    try:
        fields = next(csv.reader([line.decode().rstrip("\r\n")], strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise BadRow(f"the line cannot be read: {error}") from None
    if len(fields) != len(columns):
        raise BadRow(f"{len(fields)} fields where the header has {len(columns)}")
    values = {name: field.strip() for name, field in zip(reversed(columns), reversed(fields), strict=True)}
    texts = {name: text(name, values[name]) for name in TEXTS}
    return PlayerRow(
        line=number,
        map_id=texts["match id"],
        series_id=texts["series id"],
        ended_at=moment(values["end time"]),
        mode=printable(values.get("mode", ""))[:40],
        map_name=printable(values.get("map", ""))[:80],
        team=texts["team"],
        player=texts["player"],
        won=flag(values["win?"]),
        score=whole("score", values["score"]) if values.get("score") else 0,
        kills=whole("kills", values["kills"]),
        deaths=whole("deaths", values["deaths"]),
        assists=whole("assists", values["assists"]),
    )


@lru_cache(maxsize=10_000)
def text(name: str, value: str) -> str:
    """Return a required text."""
    value = normalise_display_name(value)
    if not value:
        raise BadRow(f"{name} is empty")
    if len(value) > TEXTS[name]:
        raise BadRow(f"{name} {value[:40]!r} has more than {TEXTS[name]} characters")
    try:
        validate_display_name(value)
    except ValidationError as error:
        raise BadRow(f"{name} {value[:40]!r} cannot be a name: {' '.join(error.messages)}") from None
    return value


def printable(value: str) -> str:
    """Return a text that nothing depends on, without what cannot be shown or stored."""
    return "".join(character for character in value if character.isprintable())


def whole(name: str, value: str) -> int:
    """Return a whole number that is not negative."""
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= NUMBER_MAX):
        raise BadRow(f"{name} {value[:40]!r} is not a whole number from 0 to {NUMBER_MAX:,}")
    return int(value)


def flag(value: str) -> bool:
    """Return whether a map was won."""
    if value.upper() not in ("W", "L"):
        raise BadRow(f"win? {value[:40]!r} is neither W nor L")
    return value.upper() == "W"


@lru_cache(maxsize=10_000)
def moment(value: str) -> datetime:
    """Return a time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(value.removesuffix("UTC").strip())
        if found.year in YEARS:
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except ValueError:
        pass
    raise BadRow(f"end time {value[:40]!r} is not a time like 2018-01-14 03:23:27 UTC")
