"""Brackets and tables in general: shapes, ties, missing matches."""

import random
from dataclasses import replace
from itertools import combinations, count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tournaments.formats.placements import places
from apps.tournaments.formats.results import Result, Stage
from apps.tournaments.formats.tables import table


def won(team, other, score=(3, 0), stage=Stage.POOL, **where):
    return Result(team, other, *score, winner=team, stage=stage, **where)


def upper(number, winner, loser, match=0):
    return won(winner, loser, stage=Stage.UPPER, round=number, number=match)


def lower(number, winner, loser, match=0):
    return won(winner, loser, stage=Stage.LOWER, round=number, number=match)


def final(winner, loser, number=0):
    return won(winner, loser, stage=Stage.GRAND_FINAL, number=number)


def ranges(results):
    return {team: (place.first, place.last) for team, place in places(results).items()}


def double_elimination(size, rng):
    """Play a double elimination of a power of two at random; return the results and the true places."""
    results, numbers = [], count()

    def play(teams, stage, number):
        pairs = list(zip(teams[::2], teams[1::2], strict=True))
        won_by, lost_by = [], []
        for pair in pairs:
            winner, loser = rng.sample(pair, 2)
            results.append(won(winner, loser, stage=stage, round=number, number=next(numbers) % len(pairs)))
            won_by.append(winner)
            lost_by.append(loser)
        return won_by, lost_by

    out = []
    alive, fallen = play(list(range(size)), Stage.UPPER, 1)
    below, number = fallen, 0
    for upper_round in count(2):
        if len(below) > 1:
            number += 1
            below, gone = play(below, Stage.LOWER, number)
            out.append(gone)
        if len(alive) == 1:
            break
        alive, fallen = play(alive, Stage.UPPER, upper_round)
        number += 1
        below, gone = play(
            [team for pair in zip(fallen, below, strict=True) for team in pair], Stage.LOWER, number
        )
        out.append(gone)
    champion, second = rng.sample([alive[0], below[0]], 2)
    results.append(final(champion, second))
    if champion == below[0]:
        champion, second = rng.sample([champion, second], 2)
        results.append(final(champion, second, number=1))
    true, first = {champion: (1, 1), second: (2, 2)}, 3
    for gone in reversed(out):
        true |= dict.fromkeys(gone, (first, first + len(gone) - 1))
        first += len(gone)
    return results, true


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([4, 8, 16, 32]), st.randoms(use_true_random=False))
def test_a_double_elimination_has_the_places_it_was_played_for(size, rng):
    results, true = double_elimination(size, rng)
    rng.shuffle(results)
    assert ranges(results) == true


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_lost_matches_never_give_a_place_twice_or_drop_a_team(rng, lost):
    results, true = double_elimination(16, rng)
    known = rng.sample(results, len(results) - lost)
    found = ranges(known)
    assert found.keys() == {team for result in known for team in result.teams} <= true.keys()
    assert all(1 <= first <= last for first, last in found.values())


# Four teams, all but the final.
FOUR = [
    upper(1, "a", "b"),
    upper(1, "c", "d", 1),
    upper(2, "a", "c"),
    lower(1, "b", "d"),
    lower(2, "c", "b"),
]


def test_the_final_is_won_from_the_upper_bracket_at_once():
    results = [
        upper(1, "a", "b"),
        upper(1, "c", "d", 1),
        upper(2, "a", "c"),
        lower(1, "b", "d"),
        lower(2, "c", "b"),
    ]
    assert ranges([*results, final("a", "c")]) == {"a": (1, 1), "c": (2, 2), "b": (3, 3), "d": (4, 4)}


def test_a_reset_is_decided_by_the_second_final():
    results = [
        upper(1, "a", "b"),
        upper(1, "c", "d", 1),
        upper(2, "a", "c"),
        lower(1, "b", "d"),
        lower(2, "c", "b"),
    ]
    assert ranges([*results, final("a", "c", 1), final("c", "a", 0)])["a"] == (1, 1)


def test_teams_that_start_in_the_lower_bracket_share_its_places():
    results = [
        upper(1, "a", "b"),
        lower(1, "c", "d"),
        lower(1, "e", "f", 1),
        lower(2, "c", "e"),
        lower(3, "b", "c"),
    ]
    assert ranges([*results, final("a", "b")]) == {
        "a": (1, 1),
        "b": (2, 2),
        "c": (3, 3),
        "e": (4, 4),
        "d": (5, 6),
        "f": (5, 6),
    }


def test_a_bracket_without_a_final_lets_several_teams_through():
    results = [upper(1, "a", "b"), upper(1, "c", "d", 1), lower(1, "b", "x"), lower(1, "d", "y", 1)]
    assert ranges(results) == {"a": (1, 2), "c": (1, 2), "b": (3, 4), "d": (3, 4), "x": (5, 6), "y": (5, 6)}


def test_a_final_that_was_due_leaves_the_first_two_places_shared():
    results = [
        upper(1, "a", "b"),
        upper(1, "c", "d", 1),
        upper(2, "a", "c"),
        lower(1, "b", "d"),
        lower(2, "c", "b"),
    ]
    assert ranges(results) == {"a": (1, 2), "c": (1, 2), "b": (3, 3), "d": (4, 4)}


def test_a_level_final_leaves_the_first_two_places_shared():
    assert ranges([Result("a", "b", 2, 2, stage=Stage.GRAND_FINAL)]) == {"a": (1, 2), "b": (1, 2)}


def test_a_single_elimination_has_no_lower_bracket():
    results = [upper(1, "a", "b"), upper(1, "c", "d", 1), upper(2, "a", "c")]
    assert ranges(results) == {"a": (1, 1), "c": (2, 2), "b": (3, 4), "d": (3, 4)}


def test_byes_of_a_lower_bracket_are_not_taken_for_lost_matches():
    results = [
        upper(1, "d", "e"),
        upper(2, "a", "d"),
        upper(2, "b", "c", 1),
        upper(3, "a", "b"),
        lower(1, "e", "d"),  # c has a bye here
        lower(2, "c", "e"),
        lower(3, "b", "c"),
        final("a", "b"),
    ]
    assert ranges(results) == {"a": (1, 1), "b": (2, 2), "c": (3, 3), "e": (4, 4), "d": (5, 5)}


def test_groups_without_a_bracket_rank_across_groups():
    results = [won("a", "b", group="A"), won("c", "d", group="B")]
    assert ranges(results) == {"a": (1, 2), "c": (1, 2), "b": (3, 4), "d": (3, 4)}


def test_matches_of_no_known_stage_give_no_place():
    assert places([won("a", "b", stage=Stage.OTHER)]) == {}


def test_no_results_give_no_places():
    assert places([]) == {}


def test_a_two_way_tie_goes_by_the_match_between_them_before_the_games():
    rows = table(
        [
            won("b", "a", (3, 2)),
            won("a", "x", (3, 0)),
            won("a", "y", (3, 0)),
            won("b", "x", (3, 2)),
            won("y", "b"),
        ]
    )
    assert [(row.team, row.rank) for row in rows[:2]] == [("b", 1), ("a", 2)]


def test_a_circle_goes_by_the_games_among_the_three_and_shrinks():
    results = [won("a", "b", (3, 0)), won("b", "c", (3, 2)), won("c", "a", (3, 1))]
    # The games put b last; between a and c, level in games too, their own match decides.
    assert [row.team for row in table(results)] == ["c", "a", "b"]


def test_tie_break_matches_part_a_tie_and_count_for_nothing_else():
    circle = [won("a", "b", (3, 2)), won("b", "c", (3, 2)), won("c", "a", (3, 2))]
    assert [row.rank for row in table(circle)] == [1, 1, 1]
    extra = [won(*pair, (1, 0), stage=Stage.TIE_BREAK) for pair in [("c", "a"), ("c", "b"), ("b", "a")]]
    rows = table(circle + extra)
    assert [(row.team, row.rank, row.played, row.games_won) for row in rows] == [
        ("c", 1, 2, 5),
        ("b", 2, 2, 5),
        ("a", 3, 2, 5),
    ]


def test_a_level_match_is_drawn_for_both():
    rows = table([Result("a", "b", 2, 2, stage=Stage.LEAGUE)])
    assert [(row.won, row.drawn, row.lost, row.rank) for row in rows] == [(0, 1, 0, 1), (0, 1, 0, 1)]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 8), st.randoms(use_true_random=False))
def test_winning_instead_of_losing_never_costs_a_rank(size, rng):
    results = [won(*rng.sample(pair, 2), (3, rng.randint(0, 2))) for pair in combinations(range(size), 2)]
    changed = rng.randrange(len(results))
    loser = results[changed].loser
    before = {row.team: row.rank for row in table(results)}
    results[changed] = won(loser, results[changed].winner, (3, 0))
    after = {row.team: row.rank for row in table(results)}
    assert after[loser] <= before[loser]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_records_and_of_their_sides_changes_nothing(seed):
    results, _ = double_elimination(16, random.Random(seed))
    swapped = [
        replace(r, team_a=r.team_b, team_b=r.team_a, score_a=r.score_b, score_b=r.score_a) for r in results
    ]
    assert places(results) == places(reversed(swapped))
