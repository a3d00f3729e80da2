"""What a player did, by API: nothing that privacy hides, nothing that he took back."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.community.services import posts
from apps.user_profile.services import passports, privacy, profiles
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/profiles/@ada/activity/"


def types(client: Client) -> list[str]:
    """Return what is told, the latest first."""
    return [each["type"] for each in client.get(ADDRESS).json()["items"]]


def test_what_a_player_did_page_by_page(client: Client, django_assert_num_queries: Any) -> None:
    ada = create_user("ada")
    for code in ("TEAM_PLAYER", "CHAMPION"):
        AchievementService.unlock(ada.pk, code)
    posts.publish(author_id=ada.pk, content="For followers alone.", visibility="followers")
    profiles.rename(user_id=ada.pk, display_name="Ada the First")
    with django_assert_num_queries(3):  # the rate limit; the player; the page
        first = client.get(ADDRESS, {"limit": 2})
    page = first.json()
    assert [each["data"] for each in page["items"]] == [
        {"achievement_code": "CHAMPION"},
        {"achievement_code": "TEAM_PLAYER"},
    ]
    assert 'rel="next"' in first.headers["Link"]
    rest = client.get(ADDRESS, {"limit": 2, "cursor": page["next"]}).json()
    assert ([each["type"] for each in rest["items"]], rest["next"]) == (["PROFILE_CREATED"], None)
    # To the player himself the same: what is for him alone is on his page.
    assert types(client_of(ada)) == types(client)
    assert_problem(client.get(ADDRESS, {"cursor": "forged"}), 400, "invalid-cursor")


def test_nothing_that_is_hidden_or_was_taken_back(client: Client) -> None:
    ada = create_user("ada")
    passports.add(user_id=ada.pk, game_id=1, ign="Ada#EUW")
    AchievementService.unlock(ada.pk, "CHAMPION")
    assert types(client) == ["ACHIEVEMENT_UNLOCKED", "GAME_PASSPORT_ADDED", "PROFILE_CREATED"]
    privacy.update(user_id=ada.pk, show_game_ids=False)
    assert types(client) == ["ACHIEVEMENT_UNLOCKED", "PROFILE_CREATED"]
    AchievementService.revoke(ada.pk, "CHAMPION", "A mistake.")
    assert types(client) == ["PROFILE_CREATED"]
    privacy.update(user_id=ada.pk, show_activity_feed=False)
    assert_problem(client.get(ADDRESS), 404, "not-found")
    assert_problem(client.get("/api/v1/profiles/@nobody/activity/"), 404, "not-found")
