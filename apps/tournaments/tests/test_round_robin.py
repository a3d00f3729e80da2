"""Round robin: the published Berger tables, groups, cycles, who leaves, ties."""

from collections import Counter

import pytest

from apps.tournaments.formats.round_robin import all_rounds, berger, groups_of, letter
from apps.tournaments.formats.settings import RoundRobin

from .playing import Event, better

# FIDE handbook C.05, annex 1.
PUBLISHED = {
    4: "1-4 2-3 | 4-3 1-2 | 2-4 3-1",
    6: "1-6 2-5 3-4 | 6-4 5-3 1-2 | 2-6 3-1 4-5 | 6-5 1-4 2-3 | 3-6 4-2 5-1",
    8: (
        "1-8 2-7 3-6 4-5 | 8-5 6-4 7-3 1-2 | 2-8 3-1 4-7 5-6 | 8-6 7-5 1-4 2-3 | 3-8 4-2 5-1 6-7 "
        "| 8-7 1-6 2-5 3-4 | 4-8 5-3 6-2 7-1"
    ),
}


@pytest.mark.parametrize("size", PUBLISHED)
def test_the_published_tables(size):
    text = " | ".join(" ".join(f"{a}-{b}" for a, b in pairs) for pairs in berger(size))
    assert text == PUBLISHED[size]


@pytest.mark.parametrize("size", range(2, 33))
def test_everybody_meets_everybody_once(size):
    rounds = berger(size)
    assert len(rounds) == size - 1 + size % 2
    met = [frozenset(pair) for pairs in rounds for pair in pairs]
    assert len(met) == len(set(met)) == size * (size - 1) // 2
    for pairs in rounds:
        players = [player for pair in pairs for player in pair]
        assert len(players) == len(set(players)) == size - size % 2
    home = Counter(a for pairs in rounds for a, _ in pairs)
    away = Counter(b for pairs in rounds for _, b in pairs)
    assert all(abs(home[player] - away[player]) <= 1 for player in range(1, size + 1))


@pytest.mark.parametrize("size", range(2, 17))
def test_two_cycles(size):
    rounds = all_rounds(size, 2)
    met = Counter(pair for pairs in rounds for pair in pairs)
    assert set(met.values()) == {1}
    assert len(met) == size * (size - 1)
    sides: dict[int, str] = dict.fromkeys(range(1, size + 1), "")
    for pairs in rounds:
        for a, b in pairs:
            sides[a] += "h"
            sides[b] += "a"
    if size % 2 == 0 and size > 2:
        assert not [own for own in sides.values() if "hhh" in own or "aaa" in own]


def test_groups_are_dealt_to_and_fro():
    dealt = groups_of(RoundRobin(groups=4), list(range(1, 17)))
    assert dealt == {"A": [1, 8, 9, 16], "B": [2, 7, 10, 15], "C": [3, 6, 11, 14], "D": [4, 5, 12, 13]}
    assert list(groups_of(RoundRobin(groups=4), [1, 2])) == ["A", "B"]
    assert [letter(number) for number in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_the_places_of_groups_stand_side_by_side():
    event = Event(RoundRobin(groups=2), 8)
    assert event.finish(better).tiers == [[1, 2], [4, 3], [5, 6], [8, 7]]


def test_the_mini_table_is_made_anew_when_a_tie_shrinks():
    """Three level, one parted off by games; the other two by their own match, not by all their games."""
    event = Event(RoundRobin(tie_breaks=("head_to_head", "difference")), 3)
    for fixture in event.ready():
        pair = {fixture.a, fixture.b}
        winner = 1 if pair == {1, 2} else 2 if pair == {2, 3} else 3
        event.decide(fixture, winner)
    assert event.picture.tiers == [[1, 2, 3]]


def test_who_leaves_forfeits_the_rest_or_all_of_it():
    for left, played in (("FORFEIT", 3), ("ANNUL", 2)):
        event = Event(RoundRobin(left=left), 4)
        event.decide(event.ready()[0], 4)  # 1-4
        event.leave(4)
        event.finish(better)
        rows = {row.team: row for row in event.picture.tables[""]}
        assert {team: rows[team].played for team in (1, 2, 3)} == dict.fromkeys((1, 2, 3), played)
        assert event.picture.tiers[-1] == [4] if left == "ANNUL" else rows[4].won == 1
    assert event.picture.tiers == [[1], [2], [3], [4]]


def test_draws_count_when_they_are_allowed():
    event = Event(RoundRobin(draws=True), 4)
    event.finish(lambda fixture: None)
    assert {row.points for row in event.picture.tables[""]} == {3}
    assert event.picture.tiers == [[1, 2, 3, 4]]
