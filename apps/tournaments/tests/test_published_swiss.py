"""Published Swiss tournaments: points and tie-breaks that follow from the results are the published ones.

Data: `manatraders-swiss-2024` and `chess-swiss-2026`, each with a README of its own.
"""

import csv
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from apps.tournaments.formats.records import Points, Records
from apps.tournaments.formats.results import NOBODY, Outcome, Result, Stage
from apps.tournaments.formats.tables import ranked
from apps.tournaments.formats.tie_breaks import RULES

from .season import other_data

pytestmark = pytest.mark.differential


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of one file; skip where it is absent."""
    path = folder / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{name} is not in {folder.name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured(records: Records, name: str) -> dict[object, Fraction]:
    """Return what a rule measures of everybody."""
    return {
        team: Fraction(RULES[name].measure(row, records, frozenset())) for team, row in records.rows.items()
    }


def card_match(row: dict[str, str]) -> Result:
    """Return a published match: games won by one, by the other, and drawn."""
    won, lost, drawn = (int(part) for part in row["result"].split("-"))
    bye = not row["player2"]
    winner = None if won == lost else row["player1"] if won > lost else row["player2"]
    return Result(
        row["player1"],
        row["player2"] or NOBODY,
        won,
        lost,
        winner,
        Stage.SWISS,
        round=int(row["round"].removeprefix("Round ")),
        outcome=Outcome.BYE if bye else Outcome.PLAYED,
        games_drawn=drawn,
    )


def test_points_and_shares_of_the_card_game() -> None:
    folder = other_data("manatraders-swiss-2024")
    results, published = defaultdict(list), defaultdict(list)
    for row in rows_of(folder, "matches"):
        if row["round"].startswith("Round "):
            results[row["tournament"]].append(card_match(row))
    for row in rows_of(folder, "standings"):
        published[row["tournament"]].append(row)
    assert published
    for tournament, rows in published.items():
        records = Records(results[tournament], points=Points(3, 1, 0))
        shares = {name: measured(records, name) for name in ("omw_with_byes", "gw", "ogw")}
        for row in rows:
            player = row["player"]
            own = records.rows[player]
            assert (own.points, own.won, own.lost, own.drawn) == tuple(
                int(row[name]) for name in ("points", "wins", "losses", "draws")
            ), (tournament, player)
            for name, column in (("omw_with_byes", "omwp"), ("gw", "gwp"), ("ogw", "ogwp")):
                assert abs(float(shares[name][player]) - float(row[column])) < 0.0006, (
                    tournament,
                    player,
                    name,
                )
        ranked(records, ("points", "played", "omw_with_byes", "gw", "ogw"))
        out_of_order = sum(
            records.rows[a["player"]].rank > records.rows[b["player"]].rank for a, b in pairwise(rows)
        )
        assert out_of_order <= len(rows) // 25, f"{tournament}: the order agrees in all but a few neighbours"


def chess_results(folder: Path, name: str) -> list[Result]:
    """Return a chess tournament's games, each once, and its byes."""
    found = []
    rows = {(row["round"], row["no"]): row for row in rows_of(folder, f"{name}_games")}
    for (number, player), row in rows.items():
        score, opponent = Fraction(row["score"]), row["opponent"]
        if not opponent:
            # A bye for half a point, or for a whole one, or no pairing at all.
            points = {Fraction(1): player, Fraction(0): None}.get(score)
            outcome = Outcome.BYE if score != Fraction(1, 2) else Outcome.PLAYED
            if score:
                found.append(
                    Result(
                        player, NOBODY, winner=points, stage=Stage.SWISS, round=int(number), outcome=outcome
                    )
                )
            continue
        if int(player) > int(opponent):
            continue
        other = Fraction(rows[number, opponent]["score"])
        winner = player if score > other else opponent if other > score else None
        unplayed = any(sign in row["raw"] for sign in "+-")
        outcome = Outcome.PLAYED
        if unplayed:
            outcome = Outcome.FORFEIT if winner else Outcome.DOUBLE_FORFEIT
        found.append(
            Result(player, opponent, winner=winner, stage=Stage.SWISS, round=int(number), outcome=outcome)
        )
    return found


TOURNAMENTS = ["arad2026_a", "frome2026_open"]
HALF = Points(1, Fraction(1, 2), 0)


def chess_records(folder: Path, name: str) -> tuple[Records, list[dict[str, str]]]:
    """Return what everybody made of a tournament, and what was published of it."""
    players = rows_of(folder, f"{name}_players")
    results = chess_results(folder, name)
    return Records(results, entrants=[row["no"] for row in players], points=HALF), players


@pytest.mark.parametrize("name", TOURNAMENTS)
def test_points_of_the_chess_players(name: str) -> None:
    records, players = chess_records(other_data("chess-swiss-2026"), name)
    assert {row["no"]: records.rows[row["no"]].points for row in players} == {
        row["no"]: Fraction(row["points"]) for row in players
    }


@pytest.mark.parametrize("name", TOURNAMENTS)
def test_progressive_scores_of_the_chess_players(name: str) -> None:
    records, players = chess_records(other_data("chess-swiss-2026"), name)
    if "progressive_score" not in players[0]:
        pytest.skip(f"none is published of {name}")
    ours = measured(records, "progressive")
    assert {row["no"]: ours[row["no"]] for row in players} == {
        row["no"]: Fraction(row["progressive_score"]) for row in players
    }


@pytest.mark.parametrize("name", TOURNAMENTS)
def test_buchholz_of_those_whose_every_round_was_played(name: str) -> None:
    records, players = chess_records(other_data("chess-swiss-2026"), name)
    columns = {"buchholz_cut1_2026": "buchholz_cut1", "buchholz_median1_2023": "median_buchholz"}
    if not columns.keys() & players[0].keys():
        pytest.skip(f"none is published of {name}")

    def full(player: object) -> bool:
        games = records.games[player]
        return len(games) == records.rounds and all(game.met and game.opponent for game in games)

    compared = [
        row
        for row in players
        if full(row["no"]) and all(full(game.opponent) for game in records.games[row["no"]])
    ]
    assert compared
    for column, rule in columns.items():
        ours = measured(records, rule)
        assert {row["no"]: ours[row["no"]] for row in compared} == {
            row["no"]: Fraction(row[column]) for row in compared
        }


@pytest.mark.parametrize("name", TOURNAMENTS)
def test_no_pair_met_twice_on_the_real_fields(name: str) -> None:
    records, _ = chess_records(other_data("chess-swiss-2026"), name)
    for games in records.games.values():
        met = [game.opponent for game in games if game.opponent]
        assert len(met) == len(set(met))
