"""How an overlay looks is in its address: everything that it may say, and what is refused, in words."""

import pytest

from apps.overlay import options
from apps.overlay.models import Overlay
from apps.overlay.options import BadOptions

PLAYER, TOURNAMENT = Overlay(player_id=1), Overlay(tournament_id=1)


def test_what_goes_without_saying() -> None:
    found = options.read({}, PLAYER)
    assert (found.layout, found.theme, found.delay_s, found.is_animated) == ("player", "dark", 0, True)
    assert options.read({}, TOURNAMENT).layout == "match"


def test_what_may_be_said() -> None:
    query = {"layout": "player", "theme": "clear", "accent": "FA0", "delay": "300", "anim": "off"}
    found = options.read({**query, "fields": "level,avatar"}, PLAYER)
    assert found == options.Options(
        "player", ("avatar", "level"), theme="clear", accent="fa0", delay_s=300, is_animated=False
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layout", "tournament"),
        ("layout", ""),
        ("theme", "pink"),
        ("accent", "#f0b429"),
        ("accent", "red"),
        ("accent", "f0b429;background:url(x)"),
        ("fields", "email"),
        ("fields", "level,email"),
        ("delay", "-1"),
        ("delay", "301"),
        ("delay", "1.5"),
        ("delay", "٣"),
        ("delay", "9" * 5000),
        ("anim", "yes"),
        ("script", "1"),
    ],
)
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadOptions) as refused:
        options.read({name: value}, PLAYER)
    assert list(refused.value.errors) == [name]
    assert refused.value.errors[name]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadOptions) as refused:
        options.read({"theme": "pink", "delay": "x", "more": "1"}, TOURNAMENT)
    assert refused.value.errors.keys() == {"theme", "delay", "more"}
