"""What holds in every format, whatever is played, corrected, and whoever leaves."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.tournaments.formats.engine import picture, places_of
from apps.tournaments.formats.fixtures import State
from apps.tournaments.formats.results import NOBODY, Stage
from apps.tournaments.formats.settings import DoubleElimination, RoundRobin, SingleElimination, Swiss

from .playing import Event, at_random, won_by

FORMATS = [
    SingleElimination(),
    SingleElimination(third_place=True),
    DoubleElimination(final="NONE"),
    DoubleElimination(final="SINGLE"),
    DoubleElimination(final="RESET"),
    RoundRobin(),
    RoundRobin(groups=4, cycles=2),
    RoundRobin(groups=3, left="ANNUL"),
    Swiss(),
    Swiss(rounds=9),
]
IDS = [f"{type(format_).__name__}-{place}" for place, format_ in enumerate(FORMATS)]
SIZES = st.integers(2, 40) | st.sampled_from([64, 65, 127, 128])


def check(event):
    """Assert what always holds."""
    found = event.picture
    seeds = set(event.seeds)
    for spot, fixture in found.fixtures.items():
        assert spot == fixture.spot
        for side in (fixture.a, fixture.b):
            assert side is None or side == NOBODY or side in seeds
        assert fixture.a != fixture.b or fixture.a in (None, NOBODY)
        if fixture.decision and fixture.decision.winner is not None:
            assert fixture.decision.winner in fixture.decision.pair
        if fixture.decision:
            assert fixture.decision.pair == (fixture.a, fixture.b)
    per_round = Counter(
        (spot.stage, spot.group, spot.round, side)
        for spot, one in found.fixtures.items()
        if spot.stage != Stage.GRAND_FINAL
        for side in {one.a, one.b}
        if side
    )
    assert not [key for key, count in per_round.items() if count > 1], "nobody plays twice in a round"
    if found.finished:
        assert sorted(team for tier in found.tiers for team in tier) == sorted(seeds)
        places = places_of(found.tiers)
        assert Counter(place.first for place in places.values()) == Counter(
            {place.first: place.last - place.first + 1 for place in places.values()}
        ), "equals share exactly the places they take"
    assert picture(event.settings, event.state).fixtures == found.fixtures, "the same again, always"


@pytest.mark.parametrize("format_", FORMATS, ids=IDS)
@given(size=SIZES, seed=st.integers(0, 10**6), data=st.data())
@settings(max_examples=8, deadline=None)
def test_the_invariants_hold_under_play_withdrawals_and_corrections(format_, size, seed, data):
    rng = random.Random(seed)
    if isinstance(format_, RoundRobin):
        size = min(size, 24)
    event = Event(format_, size)
    check(event)
    for _ in range(data.draw(st.integers(1, 12), label="steps")):
        decided = [event.picture.fixtures[spot] for spot in event.decisions]
        match rng.choice(("play", "play", "play", "leave", "correct")):
            case "play" if ready := event.ready():
                for fixture in rng.sample(ready, rng.randint(1, len(ready))):
                    if fixture.decision is None:
                        event.decisions[fixture.spot] = won_by(fixture, rng.choice((fixture.a, fixture.b)))
                event.look()
            case "leave":
                event.leave(rng.choice(event.seeds), rng.choice(("WITHDRAWN", "DISQUALIFIED")))
            case "correct" if decided:
                event.decide(one := rng.choice(decided), rng.choice((one.a, one.b)))
        check(event)
    event.finish(at_random(rng))
    assert event.picture.finished
    check(event)


@pytest.mark.parametrize("format_", FORMATS, ids=IDS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_tiny_events_do_something_sensible(format_, size):
    event = Event(format_, size)
    event.finish(at_random(random.Random(size)))
    check(event)
    assert event.picture.finished
    if size == 1:
        assert event.picture.tiers == [[1]]
        assert not [one for one in event.picture.fixtures.values() if one.b]


@pytest.mark.parametrize("format_", FORMATS, ids=IDS)
def test_an_event_of_256(format_):
    event = Event(format_, 256 if not isinstance(format_, RoundRobin) else 32)
    event.finish(at_random(random.Random(1)))
    check(event)
    assert event.picture.finished


@pytest.mark.parametrize("format_", FORMATS, ids=IDS)
def test_when_everybody_leaves_it_is_over(format_):
    event = Event(format_, 9)
    for entrant in event.seeds:
        event.leave(entrant)
        check(event)
    assert event.picture.finished


@pytest.mark.parametrize("format_", FORMATS, ids=IDS)
def test_a_correction_and_its_undoing_lead_back(format_):
    rng = random.Random(5)
    event = Event(format_, 16)
    event.finish(at_random(rng))
    there, before = event.picture, dict(event.decisions)
    first = next(iter(event.decisions))
    fixture = event.picture.fixtures[first]
    event.decide(fixture, fixture.loser)
    check(event)
    event.decisions = before
    event.look()
    assert event.picture.fixtures == there.fixtures
    assert event.picture.tiers == there.tiers


@pytest.mark.parametrize(
    "format_", [RoundRobin(), RoundRobin(cycles=2), Swiss()], ids=["one", "two", "swiss"]
)
@given(size=st.integers(2, 14), seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_win_instead_of_a_loss_never_lowers_the_rank(format_, size, seed):
    rng = random.Random(seed)
    event = Event(format_, size)
    event.finish(at_random(rng))
    last = max(spot.round for spot in event.decisions)
    fixture = event.picture.fixtures[rng.choice([spot for spot in event.decisions if spot.round == last])]
    loser = fixture.loser
    before = places_of(event.picture.tiers)[loser].first
    event.decide(fixture, loser)
    assert places_of(event.picture.tiers)[loser].first <= before


def test_results_of_others_do_not_count():
    """A decision between two who are not the sides of a match is none."""
    event = Event(SingleElimination(), 4)
    event.finish(lambda fixture: min(fixture.a, fixture.b))
    moved = State([4, 3, 2, 1], event.decisions)
    swapped = picture(event.settings, moved)
    assert [one for one in swapped.fixtures.values() if one.decision and one.spot.round == 1] == []
