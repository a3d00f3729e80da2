"""The reference rows: there after every `migrate` and flush, the same every time."""

import re

import pytest
from django.core.management import call_command

from apps.games import reference, selectors
from apps.games.models import Game

pytestmark = pytest.mark.django_db


def test_the_games_are_there_with_their_ids() -> None:
    rows = dict(Game.objects.filter(pk__lt=1000).values_list("slug", "pk"))
    assert rows == {row["slug"]: row["id"] for row in reference.GAMES}
    assert (rows["call-of-duty"], rows["valorant"]) == (1, 2)


def test_a_second_writing_changes_nothing_and_puts_right_what_was_changed() -> None:
    before = list(Game.objects.order_by("pk").values())
    Game.objects.filter(slug="valorant").update(identity_pattern="", name="Valorant?")
    reference.write()
    assert list(Game.objects.order_by("pk").values()) == before


def test_a_game_that_somebody_adds_never_gets_an_id_of_the_list() -> None:
    reference.write()
    added = Game.objects.create(name="Chess", slug="chess")
    reference.write()
    assert added.pk > reference.RESERVED_IDS
    assert Game.objects.create(name="Go", slug="go").pk > added.pk


@pytest.mark.django_db(transaction=True)
def test_they_are_back_after_a_flush() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert Game.objects.get(slug="call-of-duty").pk == 1


def test_the_call_of_duty_takes_any_name_and_any_number_of_players() -> None:
    game = Game.objects.get(pk=1)
    assert game.accepts_identity("TestIGN")
    assert game.roster_max is None


@pytest.mark.parametrize("row", reference.GAMES, ids=lambda row: row["slug"])
def test_a_pattern_compiles_and_has_a_hint(row: dict[str, str]) -> None:
    re.compile(row["identity_pattern"])
    assert bool(row["identity_pattern"]) == bool(row["identity_hint"])


@pytest.mark.parametrize(
    ("slug", "right", "wrong"),
    [
        (
            "valorant",
            ["JohnDoe#TAG", "日本語#12345"],
            ["JohnDoe", "Jo#TAG", "John#TA", "John#TAG\n", "a#b#TAG"],
        ),
        ("cs2", ["76561198000000000"], ["7656119800000000", "STEAM_0:1:1"]),
        ("dota2", ["76561198000000000"], ["٧٦٥٦١١٩٨٠٠٠٠٠٠٠٠٠"]),
        ("mlbb", ["12345678 (1234)", "123456789012(123456)"], ["12345678", "1234567 (1234)"]),
        ("pubgm", ["123456789"], ["12345678", "1234567890123"]),
        ("freefire", ["123456789012"], ["x23456789"]),
        ("codm", ["6123456789"], ["5123456789"]),
        ("efootball", ["ABCD-123-456-789"], ["abcd-123-456-789"]),
        ("rocketleague", ["anything at all"], []),
    ],
)
def test_identities(slug: str, right: list[str], wrong: list[str]) -> None:
    game = Game.objects.get(slug=slug)
    assert [game.accepts_identity(identity) for identity in right] == [True] * len(right)
    assert [game.accepts_identity(identity) for identity in wrong] == [False] * len(wrong)


def test_valorant_has_its_25_ranks() -> None:
    assert len(Game.objects.get(slug="valorant").ranks) == 25


def test_selectors(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [game.name for game in selectors.all_games()] == sorted(row["name"] for row in reference.GAMES)
    found = selectors.game_by_slug("mlbb")
    assert found is not None
    assert found.pk == 5
    assert selectors.game_by_slug("chess") is None
