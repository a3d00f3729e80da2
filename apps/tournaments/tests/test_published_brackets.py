"""Published double eliminations: the places that follow from the results are the published ones.

Data: `startgg-double-elim-2024-10`, with a README of its own. Which events are compared is chosen by their
matches alone, never by their places.
"""

import csv
import gzip
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from apps.tournaments.formats.placements import places
from apps.tournaments.formats.results import Result, Stage

from .season import other_data

pytestmark = pytest.mark.differential

LEFT_OUT_MAX = 0.25
COMPLETED = "3"
LAST_ROUNDS = {"Quarter-Final": 97, "Semi-Final": 98, "Final": 99}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of one file; skip where it is absent."""
    path = folder / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"{name} is not in {folder.name}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_event(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Group rows by their event."""
    grouped: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        grouped[row["event_id"]].append(row)
    return grouped


def is_final(match: dict[str, str]) -> bool:
    """Return whether a match is the final, or the one after it."""
    return match["round_text"].startswith("Grand Final")


def is_plain(entrants: set[str], matches: list[dict[str, str]]) -> bool:
    """Return whether nobody plays twice in a round outside the final, and all but one lost exactly twice."""
    seats = Counter(
        (match["round"], match[side])
        for match in matches
        if not is_final(match)
        for side in ("winner_id", "loser_id")
    )
    losses = Counter(match["loser_id"] for match in matches)
    odd = [entrant for entrant in entrants if losses[entrant] != 2]
    return max(seats.values(), default=0) <= 1 and len(odd) == 1


def round_of(text: str) -> int:
    """Return the order of a round by its name; numbers begin anew where a bracket was cut."""
    _, name = text.split(" ", 1)
    return LAST_ROUNDS.get(name) or int(name.removeprefix("Round "))


def result_of(match: dict[str, str]) -> Result:
    """Return a published match as the formats see it."""
    stage = Stage.GRAND_FINAL if is_final(match) else Stage.UPPER if int(match["round"]) > 0 else Stage.LOWER
    return Result(
        match["winner_id"],
        match["loser_id"],
        winner=match["winner_id"],
        stage=stage,
        round=0 if is_final(match) else round_of(match["round_text"]),
        number=int("Reset" in match["round_text"]),
    )


def test_every_published_place_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    folder = other_data("startgg-double-elim-2024-10")
    # Nobody lost a match that was cancelled, or that is not over.
    played = [row for row in rows_of(folder, "matches") if row["cancel"] == "0" and row["state"] == COMPLETED]
    matches, seeds = by_event(played), by_event(rows_of(folder, "seeds"))
    standings = by_event(rows_of(folder, "standings"))
    events = [row["event_id"] for row in rows_of(folder, "events") if row["phases"] == "1"]
    plain = [event for event in events if is_plain({row["user_id"] for row in seeds[event]}, matches[event])]
    left_out = len(events) - len(plain)
    with capsys.disabled():
        print(f"\n{folder.name}: {len(plain)} events compared, {left_out} left out")  # noqa: T201
    wrong = []
    for event in plain:
        ours = {team: place.first for team, place in places(map(result_of, matches[event])).items()}
        published = {row["user_id"]: int(row["placement"]) for row in standings[event]}
        if ours != published:
            wrong.append(event)
    assert wrong == []
    assert plain
    assert left_out <= LEFT_OUT_MAX * len(events)
