"""Formats beside independent implementations, and worked examples of published rules."""

import random
from fractions import Fraction

import caissify_pairings
import cardarena_tournament_core
import networkx
import pairing_core
import pytest
import swisspair

from apps.tournaments.formats.elimination import seed_order
from apps.tournaments.formats.pairing import Costs, pairs
from apps.tournaments.formats.records import Points, Records
from apps.tournaments.formats.results import NOBODY, Outcome, Result, Stage
from apps.tournaments.formats.round_robin import berger
from apps.tournaments.formats.tie_breaks import RULES, adjusted, match_win_share, virtual_opponent

from .test_swiss import players_of

pytestmark = pytest.mark.differential


@pytest.mark.parametrize("size", range(2, 41))
def test_berger_tables_of_another_implementation(size):
    theirs = [[pair for pair in pairs if None not in pair] for pairs in pairing_core.round_robin(size)]
    assert berger(size) == theirs


@pytest.mark.parametrize("size", range(4, 15))
def test_the_rounds_of_a_third_implementation(size):
    players = [
        {"id": n, "rating": 2000 - n, "points": 0, "seed": n, "pairing_number": n} for n in range(1, size + 1)
    ]
    ours = berger(size)
    for number in range(1, len(ours) + 1):
        found = caissify_pairings.generate_pairings("round_robin", players, set(), number, len(ours))
        theirs = {frozenset((pair["white_id"], pair["black_id"])) for pair in found if not pair.get("bye")}
        assert {frozenset(pair) for pair in ours[number - 1]} == theirs


@pytest.mark.parametrize("size", [2, 4, 8, 16, 32, 64])
def test_first_rounds_of_a_bracket(size):
    entrants = [cardarena_tournament_core.Player(id=str(n), name=str(n)) for n in range(size)]
    found = cardarena_tournament_core.SingleElimination(entrants).pair()
    order = seed_order(size)
    assert {frozenset(pair) for pair in zip(order[::2], order[1::2], strict=True)} == {
        frozenset((int(one.player1.id), int(one.player2.id))) for one in found.matchups
    }


def cost_of(costs, found, place):
    return sum(costs.of(*sorted((place[a], place[b]))) for a, b in found)


@pytest.mark.parametrize("seed", range(40))
def test_pairings_cost_as_little_as_the_optimum(seed):
    rng = random.Random(seed)
    size = rng.randint(2, 34)
    players = players_of(rng, size, after=rng.randint(0, min(5, size - 1)))
    costs = Costs(players)
    place = {player.team: at for at, player in enumerate(players)} | {NOBODY: size}
    graph = networkx.Graph()
    count = size + size % 2
    graph.add_weighted_edges_from((i, j, -costs.of(i, j)) for i in range(count) for j in range(i + 1, count))
    best = networkx.max_weight_matching(graph, maxcardinality=True)
    ours = pairs(players)
    assert cost_of(costs, ours, place) == sum(costs.of(*sorted(pair)) for pair in best)


@pytest.mark.parametrize("seed", range(40))
def test_pairings_are_never_wider_than_those_of_another_implementation(seed):
    rng = random.Random(seed)
    size = rng.randint(7, 17)
    players = players_of(rng, size, after=rng.randint(1, 3))
    theirs = swisspair.create_matches(
        [
            swisspair.Player(
                id=str(player.team),
                points=int(player.points),
                rank=rank,
                can_get_bye=not player.byes,
                cannot_be_paired_against_ids={str(team) for team in player.met},
            )
            for rank, player in enumerate(players, start=1)
        ]
    )
    points = {player.team: player.points for player in players}
    met = {player.team: player.met for player in players}
    ours = pairs(players)

    def gaps(found):
        return sum((points[a] - points[b]) ** 2 for a, b in found if b != NOBODY)

    def repeats(found):
        return sum(b in met[a] for a, b in found if b != NOBODY)

    other = [(int(one.p1.id), int(one.p2.id) if one.p2 else NOBODY) for one in theirs]
    assert repeats(ours) <= repeats(other)
    if repeats(ours) == repeats(other) and ours[-1].b == NOBODY:
        bye = {a for a, b in other if b == NOBODY}
        assert points[ours[-1].a] <= min(points[a] for a in bye)
    elif repeats(ours) == repeats(other):
        assert gaps(ours) <= gaps(other)


def rounds(*played):
    """Return the results of one player: `1`, `½`, `0` for what he played, `+`, `-` for what he did not."""
    outcomes = {"1": ("me", Outcome.PLAYED), "½": (None, Outcome.PLAYED), "0": ("other", Outcome.PLAYED)}
    outcomes |= {"+": ("me", Outcome.FORFEIT), "-": ("other", Outcome.FORFEIT)}
    for number, sign in enumerate(played, start=1):
        winner, outcome = outcomes[sign]
        other = f"other {number}"
        winner = other if winner == "other" else winner
        yield Result("me", other, winner=winner, stage=Stage.SWISS, round=number, outcome=outcome)


@pytest.mark.parametrize(
    ("played", "of", "at", "expected"),
    [
        ("1½", 3, 3, "2.5"),  # 1.5 points, absent in the third round of nine: after that round
        ("1½", 9, 3, "5.5"),  # and at the end
        ("111½0+", 6, 6, "3.5"),  # 3.5 points before a win by forfeit in the sixth
        ("111½0+", 9, 6, "5"),
        ("11+1½½00", 9, 3, "5"),  # Vega's manual: won the third by forfeit with 2 points before
        ("111100-", 9, 7, "6"),  # absent in the seventh with 4 points before
    ],
)
def test_virtual_opponents_by_the_rules_of_2022(played, of, at, expected):
    records = Records(rounds(*played), points=Points(1, Fraction(1, 2), 0), rounds=of)
    assert virtual_opponent("me", at, records) == Fraction(expected)


def test_unplayed_rounds_count_as_draws_for_the_opponents():
    """Vega's manual: 6 points, one of them by forfeit, count 5.5."""
    records = Records(rounds(*"11+111000"), points=Points(1, Fraction(1, 2), 0))
    assert records.rows["me"].points == 6
    assert adjusted("me", records) == Fraction(11, 2)


def card_player(won, drawn, lost, byes=0):
    """Return the records of a player with these matches."""
    played = ["me"] * won + [None] * drawn + ["other"] * lost
    results = [
        Result("me", f"other {n}", winner=f"other {n}" if who == "other" else who, stage=Stage.SWISS, round=n)
        for n, who in enumerate(played, start=1)
    ]
    results += [
        Result("me", NOBODY, winner="me", stage=Stage.SWISS, round=len(played) + n, outcome=Outcome.BYE)
        for n in range(1, byes + 1)
    ]
    return Records(results, points=Points(3, 1, 0))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ((6, 1, 2, 0), Fraction(19, 27)),
        ((4, 1, 2, 2), Fraction(13, 21)),  # the same points with two byes
        ((1, 0, 4, 0), Fraction(33, 100)),  # a fifth counts as 0.33, not as a third
        ((0, 0, 0, 3), Fraction(33, 100)),  # byes alone are no share
    ],
)
def test_match_win_shares_by_the_card_game_s_rules(record, expected):
    assert match_win_share("me", card_player(*record)) == expected


def test_difficulty_of_a_buchholz_swiss():
    """Opponents with 2-0 and 1-1 make 2; with 1-1 and 1-1 they make 0."""
    results = [
        Result(a, b, 1, 0, a, Stage.SWISS, round=number)
        for number, a, b in [(1, "hard", "me"), (2, "hard", "x"), (2, "me", "even"), (1, "even", "y")]
    ]
    records = Records(results)
    assert RULES["difficulty"].measure(records.rows["me"], records, frozenset()) == 2
