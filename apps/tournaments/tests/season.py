"""The published files, read as plainly as possible, for tests that compare with them.

Independent of the replay on purpose: these sums are the other side of the comparison.
"""

import csv
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.tournaments.formats.results import Result, Stage, winner_by_score

ROOT = Path(__file__).resolve().parents[3]
SEASON = ROOT / "data" / "cwl-2018"

FORMS = [
    (r"pool-(?P<group>\w)-tie-(?P<number>\d+)$", Stage.TIE_BREAK),
    (r"pool-(?P<group>\w)-(?P<number>\d+)$", Stage.POOL),
    (r"^pro\d-(?P<group>\w)(?P<round>\d+)-(?P<number>\d+)$", Stage.LEAGUE),
    (r"winners-(?P<round>\d+)-(?P<number>\d+)$", Stage.UPPER),
    (r"losers-(?P<round>\d+)-(?P<number>\d+)$", Stage.LOWER),
    (r"grand-finals-(?P<number>\d+)$", Stage.GRAND_FINAL),
]


def other_data(folder: str) -> Path:
    """Return a folder of data that is not shipped; skip the test where it is absent."""
    path = Path(os.environ.get("DELTACROWN_DATA", ROOT.parent / "shared" / "data")) / folder
    if not path.is_dir():
        pytest.skip(f"{folder} is not here: DELTACROWN_DATA names the folder that holds it")
    return path


def rows(name: str, folder: Path = SEASON) -> list[dict[str, str]]:
    """Return the rows of one file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def event_files(folder: Path = SEASON) -> list[str]:
    """Return the names of the files with players' rows."""
    return sorted(path.name for path in folder.glob("2*.csv"))


def one_name(event: str, team: str) -> str:
    """Return the name a team ended an event with: one team was renamed while it played."""
    return "Team Envy" if event.startswith("2018-08-19") and team == "Team EnVyUs" else team


def results(event: str) -> Iterator[Result]:
    """Yield the series of one event: who won more maps won."""
    maps: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows(event):
        team = one_name(event, row["team"])
        maps[row["series id"]][team][row["match id"]] |= row["win?"] == "W"
    for series, teams in maps.items():
        (team_a, won_a), (team_b, won_b) = teams.items()
        score_a, score_b = won_a.total(), won_b.total()
        found = next((re.search(form, series), stage) for form, stage in FORMS if re.search(form, series))
        where = found[0].groupdict()
        yield Result(
            team_a,
            team_b,
            score_a,
            score_b,
            winner_by_score(team_a, score_a, team_b, score_b),
            stage=found[1],
            group=where.get("group", "").upper(),
            round=int(where.get("round", 0)),
            number=int(where["number"]),
        )


def published_places() -> dict[tuple[str, str], tuple[int, int]]:
    """Return the published places by event and team."""
    return {
        (row["event"], row["team"]): (int(row["place_from"]), int(row["place_to"]))
        for row in rows("official_results.csv")
    }
