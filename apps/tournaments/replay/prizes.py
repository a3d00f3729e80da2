"""Published prizes: any table in a folder with an event, places, and what each got in US dollars."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from apps.tournaments.replay.report import Report
from apps.tournaments.replay.rows import header_of
from apps.tournaments.services.prizes import AMOUNT_MAX, PLACES_MAX

COLUMNS = ("event", "place_from", "place_to")
AMOUNTS = ("prize_usd_each", "prize_usd")
COINS_PER_USD = 100


class BadPrize(ValueError):
    """A row that cannot be used; the message says why."""


def published_prizes(folder: Path, report: Report) -> dict[str, dict[int, int]]:
    """Return what the places of each event get, in DeltaCoins, by the event's external id.

    What a table is, its header says; other files are not read any further, whatever is in them.
    """
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path in sorted(folder.glob("*.csv")):
        columns = header_of(path)
        amount = next((name for name in AMOUNTS if name in columns), None)
        if amount is None or not set(COLUMNS) <= set(columns):
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, columns)
                next(reader)  # the header
                for row in reader:
                    try:
                        add(row, amount, found)
                    except BadPrize as error:
                        report.leave_out(path.name, reader.line_num, str(error))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            report.leave_out(path.name, 1, f"the file cannot be read: {error}")
    return found


def add(row: Mapping[str, str | None], amount: str, found: defaultdict[str, dict[int, int]]) -> None:
    """Add one row; without an amount it says nothing about prizes.

    Raises BadPrize.
    """
    usd = (row[amount] or "").strip()
    if not usd:
        return
    coins = coins_of(usd)
    first, last = place_of(row["place_from"]), place_of(row["place_to"])
    if last < first:
        raise BadPrize(f"places {first} to {last} are in the wrong order")
    places = found[(row["event"] or "").strip()]
    for place in range(first, last + 1):
        if places.setdefault(place, coins) != coins:
            raise BadPrize(f"place {place} got {places[place]} DC in an earlier row, {coins} DC in this one")


def coins_of(usd: str) -> int:
    """Return US dollars as whole DeltaCoins."""
    try:
        coins = Decimal(usd) * COINS_PER_USD
    except InvalidOperation:
        coins = Decimal("NaN")
    if not coins.is_finite() or coins != int(coins) or not 1 <= coins <= AMOUNT_MAX:
        raise BadPrize(f"{usd[:40]!r} is not an amount of US dollars with at most two decimals")
    return int(coins)


def place_of(value: str | None) -> int:
    """Return a place, from 1."""
    value = (value or "").strip()
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= PLACES_MAX):
        raise BadPrize(f"{value[:40]!r} is not a place from 1 to {PLACES_MAX}")
    return int(value)
