"""Small folders of published results, for tests of the replay."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

COLUMNS = ["match id", "series id", "end time", "team", "player", "win?", "kills", "deaths", "assists"]
START = datetime(2019, 5, 1, 12, tzinfo=UTC)


def series(
    series_id: str,
    a: str,
    b: str,
    won: str,
    *,
    after_h: float = 0,
    size: int = 4,
    players: dict[str, Sequence[str]] | None = None,
) -> list[dict[str, str]]:
    """Return the rows of a series: `won` has a letter per map, `a`, `b` or `-` where nobody won.

    Players are called after their team unless `players` names them; each has 10 kills, 5 deaths, 1 assist.
    """
    rows = []
    for number, winner in enumerate(won):
        ended_at = START + timedelta(hours=after_h, minutes=10 * (number + 1))
        for letter, team in (("a", a), ("b", b)):
            names = (players or {}).get(team) or [f"{team} {place}" for place in range(size)]
            rows += [
                {
                    "match id": f"{series_id}/{number}",
                    "series id": series_id,
                    "end time": f"{ended_at:%Y-%m-%d %H:%M:%S} UTC",
                    "team": team,
                    "player": name,
                    "win?": "W" if winner == letter else "L",
                    "kills": "10",
                    "deaths": "5",
                    "assists": "1",
                }
                for name in names
            ]
    return rows


def write(path: Path, rows: Iterable[dict[str, str]], columns: Sequence[str] = COLUMNS, **extra: str) -> Path:
    """Write an event file; `extra` are columns with the same value in every row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, *extra], extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, **extra} for row in rows)
    return path


def cup(size: int = 4) -> list[dict[str, str]]:
    """Return a small double elimination of four teams, with a pool match before it."""
    return [
        *series("pool-A-0", "Ants", "Bees", "aab", after_h=0, size=size),
        *series("winners-1-0", "Ants", "Bees", "aaa", after_h=1, size=size),
        *series("winners-1-1", "Cats", "Dogs", "aba", after_h=2, size=size),
        *series("winners-2-0", "Ants", "Cats", "bb", after_h=3, size=size),
        *series("losers-1-0", "Bees", "Dogs", "aba", after_h=4, size=size),
        *series("losers-2-0", "Ants", "Bees", "aa", after_h=5, size=size),
        *series("grand-finals-0", "Cats", "Ants", "ab-b", after_h=6, size=size),
        *series("grand-finals-1", "Cats", "Ants", "bb", after_h=7, size=size),
    ]
