"""Reads for pages and other apps: right, and one query each, however many players there are."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from apps.teams.signals import user_joined_team
from apps.tournaments.signals import match_won, tournament_registered
from apps.user_profile import selectors
from apps.user_profile.models import UserActivity, UserProfile
from apps.user_profile.selectors.privacy import ANONYMOUS, seen_by
from apps.user_profile.services import passports, profiles
from apps.user_profile.services.game_passport_service import GamePassportService
from apps.user_profile.services.profile_api import ProfileAPIService
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

NOBODY = 10**9
NIL = UUID(int=0)
LATE = datetime(2099, 1, 1, tzinfo=UTC)


def test_cards(django_assert_num_queries: Any) -> None:
    users = [create_user(f"user-{number}", display_name=f"Player {number}") for number in range(3)]
    profiles.update(user_id=users[0].pk, country="BD", avatar="avatars/me.png")
    with django_assert_num_queries(1):
        cards = selectors.cards([user.pk for user in users] + [NOBODY, users[0].pk])
    assert set(cards) == {user.pk for user in users}
    assert cards[users[0].pk] == selectors.PlayerCard(
        user_id=users[0].pk,
        username="user-0",
        display_name="Player 0",
        avatar_url="/media/avatars/me.png",
    )
    assert cards[users[1].pk].avatar_url is None
    assert selectors.cards([]) == {}


def test_names(django_assert_num_queries: Any) -> None:
    one, other = create_user(display_name="One"), create_user(display_name="Other")
    with django_assert_num_queries(1):
        assert selectors.names_of([one.pk, other.pk, NOBODY]) == {one.pk: "One", other.pk: "Other"}


def test_a_profile_at_its_address(django_assert_num_queries: Any) -> None:
    user = create_user("JohnDoe")
    with django_assert_num_queries(1):
        profile = selectors.profile_by_username("johndoe")
        assert profile is not None
        assert (profile.user, profile.user.stats.matches_played) == (user, 0)
        assert profile.display_name == "JohnDoe"


@pytest.mark.parametrize("username", ["nobody", "", "a\0b", "x" * 10_000, "John Doe", "johndoe\n"])
def test_nobody_at_an_address(username: str) -> None:
    create_user("johndoe")
    assert selectors.profile_by_username(username) is None


def test_the_newest_players(django_assert_num_queries: Any) -> None:
    users = [create_user() for _ in range(4)]
    with django_assert_num_queries(1):
        newest = selectors.newest_players(3)
        assert [profile.user for profile in newest] == [users[3], users[2], users[1]]
        assert [profile.user.stats.kills for profile in newest] == [0, 0, 0]


def test_statistics_of_somebody_and_of_nobody(django_assert_num_queries: Any) -> None:
    user = create_user()
    match_won.send(sender=None, user_id=user.pk, match_id=1)
    with django_assert_num_queries(1):
        assert selectors.stats_of(user.pk).matches_won == 1
    assert selectors.stats_of(NOBODY).matches_won == 0


def test_passports_by_game(django_assert_num_queries: Any) -> None:
    user = create_user()
    for game_id, ign in ((2, "John#TAG"), (1, "John"), (8, "6123456789")):
        passports.add(user_id=user.pk, game_id=game_id, ign=ign)
    with django_assert_num_queries(1):
        found = [passport.game.name for passport in selectors.passports_of(user.pk)]
    assert found == ["VALORANT", "Call of Duty", "Call of Duty: Mobile"]


def test_the_latest_activity_comes_first(django_assert_num_queries: Any) -> None:
    user = create_user()
    for tournament_id in range(4):
        tournament_registered.send(sender=None, user_id=user.pk, tournament_id=tournament_id, game_id=1)
    user_joined_team.send(sender=None, user_id=create_user().pk, team_id=1, role="PLAYER")
    latest = UserActivity.objects.filter(user=user).latest("pk")
    UserActivity.objects.bulk_create(
        [UserActivity(user=user, event_type="HIDDEN", is_public=False, event_id=NIL, occurred_at=LATE)]
    )
    seen = seen_by(ANONYMOUS, [user.pk])[user.pk]
    with django_assert_num_queries(1):
        found = selectors.activity_of(seen, 3)
    assert [line.event_data["tournament_id"] for line in found] == [3, 2, 1]
    assert found[0] == latest


def test_the_profile_api(django_assert_num_queries: Any) -> None:
    one, other = create_user(display_name="One"), create_user(display_name="Other")
    profiles.update(user_id=one.pk, avatar="avatars/me.png")
    passports.add(user_id=one.pk, game_id=1, ign="x")
    both = [one.pk, other.pk]
    with django_assert_num_queries(10):
        assert ProfileAPIService.get_display_name(one.pk) == "One"
        assert ProfileAPIService.get_display_names([*both, NOBODY]) == {one.pk: "One", other.pk: "Other"}
        assert ProfileAPIService.get_avatar_url(one.pk) == "/media/avatars/me.png"
        assert ProfileAPIService.get_avatar_url(other.pk) is None
        assert ProfileAPIService.get_avatar_urls(both) == {
            one.pk: "/media/avatars/me.png",
            other.pk: None,
        }
        assert ProfileAPIService.has_game_passport(one.pk, 1)
        assert not ProfileAPIService.has_game_passport(one.pk, 2)
        assert not ProfileAPIService.has_game_passport(other.pk, 1)
        assert not ProfileAPIService.has_game_passport(NOBODY, 1)
        assert ProfileAPIService.have_game_passport(both, 1) == {one.pk}


@pytest.mark.parametrize("ask", [ProfileAPIService.get_display_name, ProfileAPIService.get_avatar_url])
def test_nobody_has_no_name(ask: Any) -> None:
    with pytest.raises(UserProfile.DoesNotExist):
        ask(NOBODY)


def test_the_passport_service(django_assert_num_queries: Any) -> None:
    user = create_user()
    passport = passports.add(user_id=user.pk, game_id=1, ign="x", current_rank="Gold")
    with django_assert_num_queries(5):
        assert GamePassportService.get_passport_for_game(user=user, game_id=1) == passport
        assert GamePassportService.get_passport_for_game(user.pk, 1) == passport
        assert GamePassportService.get_passport_for_game(user.pk, 2) is None
        assert GamePassportService.get_passport_for_game(NOBODY, 1) is None
        found = GamePassportService.get_passports_for_game([user.pk, NOBODY], 1)
        assert {user_id: one.game.slug for user_id, one in found.items()} == {user.pk: "call-of-duty"}
