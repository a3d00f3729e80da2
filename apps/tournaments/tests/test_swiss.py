"""Swiss: pairings, byes, withdrawals, corrections, late entrants."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tournaments.formats.pairing import EVERYBODY, Costs, Player, pairs
from apps.tournaments.formats.results import NOBODY
from apps.tournaments.formats.settings import Swiss

from .playing import Event, at_random, better


def rounds(event):
    found = {}
    for spot, fixture in event.picture.fixtures.items():
        found.setdefault(spot.round, []).append((fixture.a, fixture.b))
    return found


def test_the_top_half_meets_the_bottom_half_first():
    assert rounds(Event(Swiss(), 8))[1] == [(1, 5), (2, 6), (3, 7), (4, 8)]
    assert rounds(Event(Swiss(), 7))[1] == [(1, 4), (2, 5), (3, 6), (7, NOBODY)]


@pytest.mark.parametrize(("size", "expected"), [(2, 1), (8, 3), (9, 4), (16, 4), (32, 5), (33, 6)])
def test_as_many_rounds_as_find_one_winner(size, expected):
    event = Event(Swiss(), size)
    event.finish(better)
    assert max(rounds(event)) == expected
    if size == 2 ** (expected):
        assert [row.won for row in event.picture.tables[""]].count(expected) == 1


@given(size=st.integers(2, 40), seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_nobody_meets_twice_and_byes_go_round(size, seed):
    event = Event(Swiss(), size)
    event.finish(at_random(random.Random(seed)))
    met = Counter(frozenset(pair) for found in rounds(event).values() for pair in found)
    possible = max(rounds(event)) < size - 1 or size == 2
    if possible:
        assert set(met.values()) <= {1}
    byes = Counter(a for found in rounds(event).values() for a, b in found if b == NOBODY)
    assert sum(byes.values()) == (max(rounds(event)) if size % 2 else 0)
    assert set(byes.values()) <= {1} or max(rounds(event)) > size


def test_an_unpairable_round_repeats_as_few_pairs_as_it_can():
    event = Event(Swiss(rounds=5), 4)
    event.finish(better)
    met = Counter(frozenset(pair) for found in rounds(event).values() for pair in found)
    assert sorted(met.values()) == [1, 1, 2, 2, 2, 2]


def test_the_bye_goes_to_the_lowest_score_without_one():
    event = Event(Swiss(rounds=3), 5)
    event.finish(better)
    byes = [next(a for a, b in found if b == NOBODY) for found in rounds(event).values()]
    assert byes[0] == 5
    assert len(set(byes)) == 3


def test_a_round_stands_once_somebody_has_played_in_it():
    event = Event(Swiss(), 8)
    for fixture in event.ready():
        event.decide(fixture, fixture.a)
    before = rounds(event)[2]
    first = event.picture.fixtures[next(iter(event.decisions))]
    event.decide(first, first.b)
    assert rounds(event)[2] != before, "nobody had begun: drawn anew"
    event.decide(event.ready()[0], event.ready()[0].a)
    there = rounds(event)[2]
    event.decide(event.picture.fixtures[first.spot], first.a)
    assert rounds(event)[2] == there


def test_who_leaves_is_paired_no_more_and_stands_last():
    event = Event(Swiss(), 8)
    for fixture in event.ready():
        event.decide(fixture, fixture.a)
    event.leave(1)
    assert 1 not in {side for pair in rounds(event)[2] for side in pair}
    event.finish(better)
    assert event.picture.tiers[-1] == [1]


def test_who_leaves_in_mid_round_loses_his_match():
    event = Event(Swiss(), 8)
    event.decide(event.ready()[1], 2)
    event.leave(1)
    assert event.picture.fixtures[next(iter(event.picture.fixtures))].winner == 5
    assert event.finish(better).finished


def test_who_comes_late_plays_from_the_next_round_on():
    event = Event(Swiss(rounds=4), 7)
    for fixture in event.ready():
        event.decide(fixture, fixture.a)
    event.seeds.append(8)
    event.look()
    assert 8 in {side for pair in rounds(event)[2] for side in pair}
    event.finish(better)
    assert next(row for row in event.picture.tables[""] if row.team == 8).played == 3


def players_of(rng, size, *, after):
    """Return players in mid-event, in order, with whom they met in some random rounds."""
    met: dict[int, set] = {team: set() for team in range(size)}
    points = dict.fromkeys(range(size), 0)
    byes = set()
    for _ in range(after):
        order = rng.sample(range(size), size)
        for a, b in zip(order[::2], order[1::2], strict=False):
            met[a].add(b)
            met[b].add(a)
            points[rng.choice((a, b))] += 1
        if size % 2:
            byes.add(order[-1])
            points[order[-1]] += 1
    order = sorted(range(size), key=lambda team: (-points[team], team))
    return [Player(team, points[team], dict.fromkeys(met[team], 1), team in byes) for team in order]


def test_a_round_of_many_is_as_near_in_score_as_can_be():
    """Above `EVERYBODY` the graph is not whole; what it finds has the least differences that scores allow."""
    players = players_of(random.Random(1), 2 * EVERYBODY + 1, after=5)
    costs = Costs(players)
    place = {player.team: at for at, player in enumerate(players)} | {NOBODY: len(players)}
    found = pairs(players)
    assert {team for pair in found for team in pair} == set(place)
    total = sum(costs.of(place[a], place[b]) for a, b in found if b != NOBODY)
    assert costs.least() <= total < costs.least() + costs.fold
    assert not [pair for pair in found if pair.b in players[place[pair.a]].met]


def test_pairs_that_stay_keep_their_match():
    event = Event(Swiss(), 16)
    for fixture in event.ready():
        event.decide(fixture, fixture.a)
    before = {frozenset((one.a, one.b)): one.spot for one in event.ready()}
    event.decide(event.picture.fixtures[next(iter(event.decisions))], 9)
    after = {frozenset((one.a, one.b)): one.spot for one in event.ready()}
    assert before.keys() & after.keys(), "some stay"
    assert before.keys() != after.keys(), "some do not"
    assert all(after[pair] == spot for pair, spot in before.items() if pair in after)
    assert sorted(spot.number for spot in after.values()) == list(range(8))
