"""A file of what games say of their players: CSV or NDJSON with `game`, `provider_id` and `name`.

One bad row is one error; the rest is read on.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError

from apps.user_profile.services import passport_confirmations
from apps.user_profile.services.passport_confirmations import Told

COLUMNS = ("game", "provider_id", "name")
FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


class NoRows(Exception):
    """The file cannot be read as a whole; the message says why."""


class BadRow(ValidationError):
    """This row is not one of the file's form."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number, from 1, the header included; what it says, or why it says nothing."""

    number: int
    told: Told | ValidationError


def format_of(path: Path) -> str:
    """Return how a file is written, by the end of its name.

    Raises NoRows.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise NoRows(
            f"{path}: name the format with --format, or end the name in {', '.join(FORMATS)}"
        ) from None


def read(file: IO[str], form: str, games: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of a text file, opened with `surrogateescape` and without translating line ends.

    Raises NoRows when it has no header.
    """
    for number, found in _csv(file) if form == "csv" else _ndjson(file):
        try:
            yield Row(number, _told(found, games))
        except ValidationError as error:
            yield Row(number, error)


def _told(found: Sequence[Any] | ValidationError, games: Mapping[str, Any]) -> Told:
    if isinstance(found, ValidationError):
        raise found
    for column, value in zip(COLUMNS, found, strict=True):
        if not isinstance(value, str):
            raise BadRow(f"{column} is no text: write it in quotation marks")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise BadRow(f"{column} is not in UTF-8")
    return passport_confirmations.told(games, *found)


def _csv(file: IO[str]) -> Iterator[tuple[int, Sequence[str] | ValidationError]]:
    rows = csv.reader(file)
    order = _order(rows)
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield number, BadRow(f"this is no CSV: {error}")
            continue
        if cells is None:
            return
        if len(cells) not in (0, len(order)):
            yield number, BadRow(f"{len(order)} columns are wanted, here are {len(cells)}")
        elif any("\n" in cell for cell in cells):
            yield number, BadRow("a cell goes over several lines: a quotation mark is not closed")
        elif cells:
            yield number, [cells[place] for place in order]


def _order(rows: "Iterator[list[str]]") -> Sequence[int]:
    """Return where the columns are."""
    try:
        header = [cell.strip().removeprefix("\ufeff") for cell in next(rows, [])]
    except csv.Error as error:
        raise NoRows(f"the first row is no CSV: {error}") from error
    if sorted(header) != sorted(COLUMNS):
        raise NoRows(f"the first row is not {','.join(COLUMNS)}")
    return [header.index(column) for column in COLUMNS]


def _ndjson(file: IO[str]) -> Iterator[tuple[int, Sequence[Any] | ValidationError]]:
    for number, line in enumerate(file, start=1):
        text = line.removeprefix("\ufeff").strip()
        if not text:
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            yield number, BadRow("this is no JSON")
            continue
        if not isinstance(found, dict) or found.keys() != set(COLUMNS):
            yield number, BadRow(f"an object with {', '.join(COLUMNS)} is wanted, and nothing else")
        else:
            yield number, [found[column] for column in COLUMNS]
