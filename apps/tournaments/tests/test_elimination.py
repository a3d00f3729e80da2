"""Single and double elimination: shapes, seeds, byes, falls, finals, forfeits."""

import random
from collections import Counter

import pytest

from apps.tournaments.formats.elimination import FINAL, SECOND_FINAL, THIRD_PLACE, seed_order, shape
from apps.tournaments.formats.fixtures import Decision, Pair, Source, Spot
from apps.tournaments.formats.results import NOBODY, Outcome, Stage
from apps.tournaments.formats.settings import DoubleElimination, Final, SingleElimination

from .playing import Event, at_random, better

SIZES = [*range(2, 34), 63, 64, 65, 100, 127, 128, 129, 1024]


def test_the_first_round_of_sixteen():
    pairs = [seed + 1 for seed in seed_order(16)]
    assert list(zip(pairs[::2], pairs[1::2], strict=True)) == [
        (1, 16), (8, 9), (4, 13), (5, 12), (2, 15), (7, 10), (3, 14), (6, 11),
    ]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_how_many_matches_there_are(size):
    assert len(shape(size, double=False)) == size - 1
    assert len(shape(size, double=False, third_place=True)) == size - 1 + (size >= 4)
    assert len(shape(size, double=True, final=Final.SINGLE)) == 2 * size - 2
    assert len(shape(size, double=True, final=Final.NONE)) == 2 * size - 3


@pytest.mark.parametrize("size", range(2, 129))
def test_the_best_meet_last_when_the_better_always_wins(size):
    event = Event(SingleElimination(), size)
    assert event.finish(better).finished
    rounds = max(spot.round for spot in event.picture.fixtures)
    for spot, fixture in event.picture.fixtures.items():
        left = 2 ** (rounds - spot.round + 1)
        assert max(fixture.a, fixture.b) <= left
        assert min(fixture.a, fixture.b) <= left // 2
    byes = 2**rounds - size
    in_first = {
        seed for spot, one in event.picture.fixtures.items() if spot.round == 1 for seed in (one.a, one.b)
    }
    assert set(event.seeds) - in_first == set(range(1, byes + 1))
    assert [len(tier) for tier in event.picture.tiers][:4] == [1, 1, 2, 4][
        : len(event.picture.tiers)
    ] or size < 8


def test_places_are_shared_and_the_third_one_is_played_for():
    assert Event(SingleElimination(), 8).finish(better).tiers == [[1], [2], [3, 4], [5, 6, 7, 8]]
    event = Event(SingleElimination(third_place=True), 8)
    assert event.finish(better).tiers == [[1], [2], [3], [4], [5, 6, 7, 8]]
    assert event.picture.fixtures[THIRD_PLACE].decision.pair == (4, 3)
    assert THIRD_PLACE not in Event(SingleElimination(third_place=True), 3).finish(better).fixtures


@pytest.mark.parametrize("size", range(2, 66))
def test_all_but_the_champion_lose_twice(size):
    event = Event(DoubleElimination(), size)
    event.finish(at_random(random.Random(size)))
    losses = Counter(fixture.loser for fixture in event.picture.fixtures.values())
    [champion] = event.picture.tiers[0]
    assert losses.pop(champion, 0) <= 1
    assert losses == dict.fromkeys(set(event.seeds) - {champion}, 2)
    assert len(event.picture.fixtures) in (2 * size - 2, 2 * size - 1)


@pytest.mark.parametrize("size", [2, 3, 6, 8, 16, 23])
def test_the_second_final_comes_and_goes_with_the_first(size):
    event = Event(DoubleElimination(), size)
    event.finish(better)
    final = event.picture.fixtures[FINAL]
    assert SECOND_FINAL not in event.picture.fixtures
    event.decide(final, final.b)
    assert not event.picture.finished
    again = event.picture.fixtures[SECOND_FINAL]
    assert (again.a, again.b, again.decision) == (final.a, final.b, None)
    event.decide(again, again.a)
    assert event.picture.tiers[:2] == [[1], [2]]
    event.decide(event.picture.fixtures[FINAL], 1)
    assert SECOND_FINAL not in event.picture.fixtures
    assert event.picture.finished


def test_one_final_or_none():
    event = Event(DoubleElimination(final=Final.SINGLE), 8)
    event.finish(lambda fixture: fixture.b if fixture.spot == FINAL else better(fixture))
    assert event.picture.tiers[:2] == [[2], [1]]
    event = Event(DoubleElimination(final=Final.NONE), 8)
    assert event.finish(better).tiers[:3] == [[1], [2], [3]]
    assert FINAL not in event.picture.fixtures


def lower_spots(size):
    """Return for every match of a bracket where its winner and its loser go."""
    goes = {}
    for node in shape(size, double=True, final=Final.SINGLE):
        for feed in (node.a, node.b):
            if isinstance(feed, Source):
                goes[feed] = node.spot
    return goes


def path(goes, start):
    """Return the matches of the lower bracket that somebody plays who wins them all."""
    spots, at = [], goes.get(start)
    while at and at.stage == Stage.LOWER:
        spots.append(at)
        at = goes.get(Source(at, True))
    return spots


@pytest.mark.parametrize("size", [8, 16, 32, 64, 128])
def test_nobody_meets_again_before_the_latest_round_possible(size):
    """Two who met in the upper bracket, when the winner falls a round later: far apart."""
    goes = lower_spots(size)
    upper = [spot for source, spot in goes.items() if spot.stage == Stage.UPPER]
    rounds = max(spot.round for spot in upper)
    for number in range(1, rounds - 1):
        for place in range(size // 2**number):
            met = Spot(Stage.UPPER, "", number, place)
            below = path(goes, Source(met, False))
            then = path(goes, Source(goes[Source(met, True)], False))
            meet = min(spot.round for spot in below if spot in then)
            last = max(spot.round for spot in below)
            # The last round but one joins the halves; the last one waits for the loser of the upper final.
            assert meet == last - 1, (met, below, then)


@pytest.mark.parametrize("size", [3, 5, 6, 7, 9, 10, 12, 13, 24, 48])
def test_byes_reach_the_lower_bracket_too(size):
    """Nobody waits for somebody who never comes, in no round and on no side."""
    known = set()
    for node in shape(size, double=True, final=Final.SINGLE):
        for feed in (node.a, node.b):
            assert feed is not None
            if isinstance(feed, Source):
                assert feed.spot in known
        known.add(node.spot)
    feeds = [feed for node in shape(size, double=True, final=Final.SINGLE) for feed in (node.a, node.b)]
    assert len(feeds) == len(set(feeds))
    assert sorted(feed for feed in feeds if isinstance(feed, int)) == list(range(size))


def test_best_of_by_round():
    lengths = {"UPPER/2": 3, "LOWER": 5, "GRAND_FINAL": 7}
    event = Event(DoubleElimination(best_of=1, best_of_rounds=lengths), 4)
    event.finish(lambda fixture: fixture.b if fixture.spot == FINAL else better(fixture))
    found = {spot: fixture.best_of for spot, fixture in event.picture.fixtures.items()}
    assert [found[spot] for spot in found if spot.stage == Stage.UPPER] == [1, 1, 3]
    assert {found[spot] for spot in found if spot.stage == Stage.LOWER} == {5}
    assert (found[FINAL], found[SECOND_FINAL]) == (7, 7)


def forfeited(event, fixture, winner, outcome=Outcome.FORFEIT):
    event.decisions[fixture.spot] = Decision(Pair(fixture.a, fixture.b), winner=winner, outcome=outcome)
    event.look()


def test_a_double_forfeit_gives_the_next_opponent_a_walkover():
    event = Event(SingleElimination(), 4)
    first, second = event.ready()
    forfeited(event, first, None, Outcome.DOUBLE_FORFEIT)
    final = event.picture.fixtures[Spot(Stage.UPPER, "", 2, 0)]
    assert (final.a, final.b, final.decision) == (NOBODY, None, None)
    event.decide(second, 2)
    final = event.picture.fixtures[final.spot]
    assert (final.winner, final.decision.outcome) == (2, Outcome.BYE)
    assert event.picture.tiers == [[2], [1, 3, 4]]


def test_who_leaves_loses_what_he_would_play_also_below():
    event = Event(DoubleElimination(), 8)
    event.leave(1, "DISQUALIFIED")
    event.finish(better)
    lost = [one for one in event.picture.fixtures.values() if one.loser == 1]
    assert [one.spot.stage for one in lost] == [Stage.UPPER, Stage.LOWER]
    assert {one.decision.outcome for one in lost} == {Outcome.DISQUALIFIED}
    assert event.picture.tiers[-1] == [1, 7] or 1 in event.picture.tiers[-1]


def test_who_wins_and_then_leaves_is_not_replaced():
    event = Event(SingleElimination(), 4)
    event.decide(event.ready()[0], 1)
    event.leave(1)
    event.finish(better)
    assert event.picture.tiers == [[2], [1], [3, 4]]


def test_a_correction_voids_what_it_makes_impossible_and_nothing_else():
    event = Event(DoubleElimination(), 16)
    event.finish(better)
    before = dict(event.decisions)
    fixture = event.picture.fixtures[Spot(Stage.UPPER, "", 1, 7)]
    event.decide(fixture, fixture.b)
    gone = before.keys() - event.decisions.keys()
    assert gone
    assert gone <= after(event, fixture.spot)
    assert all(event.decisions[spot] == before[spot] for spot in before.keys() - gone - {fixture.spot})


def after(event, spot):
    """Return the matches to which a match leads, at once or later."""
    found = {spot}
    for later, fixture in event.picture.fixtures.items():
        feeds = {feed.spot for feed in (fixture.source_a, fixture.source_b) if feed}
        if feeds & found:
            found.add(later)
    return found - {spot}
