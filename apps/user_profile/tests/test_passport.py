"""Passports: one per game, with an identity that the game accepts, whatever the path."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.user_profile.models import GameProfile, User
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db

VALORANT = 2


@pytest.fixture
def user() -> User:
    return create_user()


def add(user: User, game_id: int, ign: str) -> GameProfile:
    return passports.add(user_id=user.pk, game_id=game_id, ign=ign)


def create(user: User, game_id: int, ign: str) -> GameProfile:
    return GameProfile.objects.create(user=user, game_id=game_id, ign=ign)


def bulk_create(user: User, game_id: int, ign: str) -> GameProfile:
    return GameProfile.objects.bulk_create([GameProfile(user=user, game_id=game_id, ign=ign)])[0]


PATHS = pytest.mark.parametrize("path", [add, create, bulk_create])


@PATHS
def test_adding_is_announced(user: User, path: Callable[[User, int, str], GameProfile]) -> None:
    with emitted() as events:
        path(user, VALORANT, " JohnDoe#TAG ")
    passport = GameProfile.objects.get()
    assert (passport.user, passport.game.slug, passport.ign) == (user, "valorant", "JohnDoe#TAG")
    assert events == [
        ("game_passport_added", {"user_id": user.pk, "game_id": VALORANT, "ign": "JohnDoe#TAG"})
    ]


@PATHS
@pytest.mark.parametrize(
    ("game_id", "ign", "field"),
    [
        (VALORANT, "JohnDoe", "ign"),
        (VALORANT, "John\u200bDoe#TAG", "ign"),
        (1, "", "ign"),
        (1, "  ", "ign"),
        (1, "a\0b", "ign"),
        (1, "x" * 65, "ign"),
        (1, "x" * 10_000_000, "ign"),
        (999, "x", "game"),
    ],
    ids=range(8),
)
def test_a_refused_identity_leaves_nothing(
    user: User, path: Callable[[User, int, str], GameProfile], game_id: int, ign: str, field: str
) -> None:
    with emitted() as events, pytest.raises(ValidationError) as caught:
        path(user, game_id, ign)
    assert list(caught.value.message_dict) == [field]
    assert events == []
    assert not GameProfile.objects.exists()


def test_the_refusal_names_the_format(user: User) -> None:
    with pytest.raises(ValidationError, match="VALORANT needs a Riot ID: name#TAG"):
        create(user, VALORANT, "JohnDoe")


def test_the_call_of_duty_takes_any_text(user: User) -> None:
    assert create(user, 1, "TestIGN").game.slug == "call-of-duty"


def test_one_per_game(user: User) -> None:
    add(user, 1, "One")
    with emitted() as events:
        with pytest.raises(ValidationError, match="You have a passport of this game already"):
            add(user, 1, "Two")
        with pytest.raises(IntegrityError), transaction.atomic():
            create(user, 1, "Two")
    assert events == []
    assert list(user.game_profiles.values_list("ign", flat=True)) == ["One"]


def test_a_change_is_announced(user: User) -> None:
    add(user, VALORANT, "JohnDoe#TAG")
    with emitted() as events:
        for _ in range(2):
            passports.update(user_id=user.pk, game_id=VALORANT, current_rank="Immortal 3", is_lft=True)
    assert events == [
        (
            "game_passport_updated",
            {"user_id": user.pk, "game_id": VALORANT, "changed_fields": ["current_rank", "is_lft"]},
        )
    ]


def test_a_refused_change_changes_nothing(user: User) -> None:
    add(user, VALORANT, "JohnDoe#TAG")
    with emitted() as events:
        with pytest.raises(ValidationError, match="Riot ID"):
            passports.update(user_id=user.pk, game_id=VALORANT, ign="JohnDoe", is_lft=True)
        with pytest.raises(passports.NoPassport):
            passports.update(user_id=user.pk, game_id=1, ign="x")
        with pytest.raises(SilentChange, match=r"apps\.user_profile\.services\.passports"):
            GameProfile.objects.update(ign="JohnDoe")
    assert events == []
    assert GameProfile.objects.values("ign", "is_lft").get() == {"ign": "JohnDoe#TAG", "is_lft": False}


@pytest.mark.parametrize(
    "delete",
    [
        lambda user: passports.delete(user_id=user.pk, game_id=1),
        lambda user: GameProfile.objects.get(user=user).delete(),
        lambda user: GameProfile.objects.filter(user=user).delete(),
    ],
    ids=["service", "row", "queryset"],
)
def test_an_end_is_announced(user: User, delete: Callable[[User], None]) -> None:
    add(user, 1, "One")
    with emitted() as events:
        delete(user)
    assert events == [("game_passport_deleted", {"user_id": user.pk, "game_id": 1})]
    assert not GameProfile.objects.exists()
    with emitted() as events, pytest.raises(passports.NoPassport, match="Add one first"):
        passports.delete(user_id=user.pk, game_id=1)
    assert events == []


@pytest.mark.django_db(transaction=True)
def test_a_passport_ends_with_its_account() -> None:
    user = create_user()
    add(user, 1, "One")
    with emitted() as events:
        User.objects.filter(pk=user.pk).delete()
    assert events == [("game_passport_deleted", {"user_id": user.pk, "game_id": 1})]


@pytest.mark.django_db(transaction=True)
def test_two_add_at_once_and_one_is_told() -> None:
    user = create_user()
    with other_threads() as start, emitted() as events:
        with transaction.atomic():
            add(user, 1, "One")
            late = start(add, user=user, game_id=1, ign="Two")
            wait_until_somebody_waits_for_us()
        with pytest.raises(ValidationError, match="You have a passport of this game already"):
            late.result()
    assert events == [("game_passport_added", {"user_id": user.pk, "game_id": 1, "ign": "One"})]
