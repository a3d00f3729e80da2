"""Identities: written in one way, and the same however they are written."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.games import identities
from apps.games.reference import GAMES

STEAM = "76561198000000001"


@pytest.mark.parametrize(
    ("slug", "text", "shown"),
    [
        ("cs2", f"https://steamcommunity.com/profiles/{STEAM}/", STEAM),
        ("dota2", "７６５６１１９８００００００００１", STEAM),  # noqa: RUF001
        ("mlbb", "12345678(1234)", "12345678 (1234)"),
        ("mlbb", "12345678 1234", "12345678 (1234)"),
        ("mlbb", "123456781234", "123456781234"),
        ("efootball", "abcd-000-111-222", "ABCD-000-111-222"),
        ("valorant", "  John   Doe#TAG ", "John Doe#TAG"),
        ("call-of-duty", "Zoe\u0308", "Zo\u00eb"),
    ],
)
def test_written_in_one_way(slug: str, text: str, shown: str) -> None:
    assert identities.normalise(slug, text) == shown


@pytest.mark.parametrize("other", ["john doe#tag", "JohnDoe#Tag", "ＪohnDoe#TAG", "Jоhn Dое#TAG"])  # noqa: RUF001
def test_the_same_player(other: str) -> None:
    assert identities.key(other) == identities.key("John Doe#TAG")


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=64), slug=st.sampled_from([game["slug"] for game in GAMES]))
def test_writing_it_again_changes_nothing(text: str, slug: str) -> None:
    once = identities.normalise(slug, text)
    assert identities.normalise(slug, once) == once
    assert identities.key(unicodedata.normalize("NFD", text)) == identities.key(text)
