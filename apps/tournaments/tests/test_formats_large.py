"""Every format with 256 entrants under random play: it ends, and its state alone repeats it."""

import random

import pytest

from apps.tournaments.formats.engine import picture, places_of
from apps.tournaments.formats.settings import (
    DoubleElimination,
    RoundRobin,
    Settings,
    SingleElimination,
    Swiss,
)
from apps.tournaments.tests.playing import Event, at_random

ENTRANTS = 256


@pytest.mark.parametrize(
    ("settings", "matches"),
    [
        (SingleElimination(third_place=True), {ENTRANTS}),
        (DoubleElimination(), {2 * ENTRANTS - 2, 2 * ENTRANTS - 1}),
        (RoundRobin(groups=32), {32 * 28}),
        (Swiss(), {8 * ENTRANTS // 2}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Settings) else "",
)
def test_random_play_of_256(settings: Settings, matches: set[int]) -> None:
    event = Event(settings, ENTRANTS)
    found = event.finish(at_random(random.Random(2026)))
    assert found.finished
    assert len(event.decisions) in matches
    places = places_of(found.tiers)
    assert set(places) == set(event.seeds)
    pairs = [frozenset(decision.pair) for decision in event.decisions.values()]
    if isinstance(settings, RoundRobin | Swiss):
        assert len(pairs) == len(set(pairs)), "nobody meets anybody twice"
    assert picture(settings, event.state) == found
