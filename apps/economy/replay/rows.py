"""Rows of published payouts, checked here and nowhere else, and their amounts in whole DeltaCoins."""

import csv
import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import IO

FILE = "player_results.csv"
COLUMNS = ("TournamentId", "EndDate", "PlayerId", "CountryCode", "PrizeUSD")
COINS_PER_USD = 100
ID = re.compile(r"[0-9A-Za-z_-]{1,40}")
USD = re.compile(r"\d{1,12}(\.\d{1,20})?(e[+-]?\d{1,2})?", re.IGNORECASE)
COUNTRY = re.compile(r"[A-Z]{2}")
# The user-assigned code with which the source says that it does not know.
NO_COUNTRY = "ZZ"


class NoPayouts(Exception):
    """There is nothing to pay; the message says why."""


class BadRow(ValueError):
    """A row that cannot be paid; the message says why."""


@dataclass(frozen=True, slots=True)
class Payout:
    """One row: a prize of its own, however often the same is repeated. `number` counts rows from 1."""

    number: int
    tournament: str
    ended_at: datetime
    player: str
    country: str
    exact: Fraction


@dataclass(slots=True)
class Payouts:
    """All rows of a folder, and what was wrong with those that are left out, by their number."""

    rows: int = 0
    payouts: list[Payout] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)


def read_payouts(folder: Path) -> Payouts:
    """Return the payouts of a folder.

    Raises NoPayouts when there is no file of them, or it cannot be read to its end.
    """
    path = next((each for each in (folder / FILE, folder / f"{FILE}.gz") if each.is_file()), None)
    if path is None:
        raise NoPayouts(f"{folder} holds no {FILE} and no {FILE}.gz")
    found = Payouts()
    try:
        with opened(path) as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise NoPayouts(f"{path.name} has no column {', '.join(missing)}")
            for number, row in enumerate(reader, start=1):
                found.rows = number
                try:
                    found.payouts.append(parse(number, row))
                except BadRow as error:
                    found.skipped[number] = str(error)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise NoPayouts(f"{path.name} cannot be read: {error}") from error
    return found


def opened(path: Path) -> IO[str]:
    """Open a plain or gzipped file of text."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def parse(number: int, row: dict[str, str | None]) -> Payout:
    """Return one row.

    Raises BadRow.
    """
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    if not values["PlayerId"]:
        raise BadRow("no player")
    for name in ("TournamentId", "PlayerId"):
        if not ID.fullmatch(values[name]):
            raise BadRow(f"{name} {values[name][:40]!r} is no id")
    if not USD.fullmatch(values["PrizeUSD"]):
        raise BadRow(f"PrizeUSD {values['PrizeUSD'][:40]!r} is not an amount from 0")
    try:
        ended_at = datetime.fromisoformat(values["EndDate"]).replace(tzinfo=UTC)
    except ValueError:
        raise BadRow(f"EndDate {values['EndDate'][:40]!r} is not a day like 2025-01-31") from None
    country = values["CountryCode"].upper()
    return Payout(
        number=number,
        tournament=values["TournamentId"],
        ended_at=ended_at,
        player=values["PlayerId"],
        country=country if COUNTRY.fullmatch(country) and country != NO_COUNTRY else "",
        exact=Fraction(values["PrizeUSD"]) * COINS_PER_USD,
    )


def by_tournament(payouts: Iterable[Payout]) -> Iterator[list[tuple[Payout, int]]]:
    """Yield each tournament's payouts with their whole coins, in order of time."""
    groups: defaultdict[str, list[Payout]] = defaultdict(list)
    for payout in payouts:
        groups[payout.tournament].append(payout)
    for group in sorted(groups.values(), key=lambda group: (group[0].ended_at, group[0].number)):
        yield list(zip(group, whole([payout.exact for payout in group]), strict=True))


def whole(exact: Sequence[Fraction]) -> list[int]:
    """Return whole numbers that sum to the sum, rounded to the nearest; half a coin is rounded up.

    By the largest remainder: everybody gets the whole part, and those with the largest rest one more. Equal
    rests go by the order given.
    """
    total = int(sum(exact) + Fraction(1, 2))
    parts = [int(amount) for amount in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts
