"""A player's achievements by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem
from apps.user_profile.models import UserAchievement
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/profiles/@ada/achievements/"


def test_what_is_held_is_listed_the_latest_first(client: Client, django_assert_num_queries: Any) -> None:
    ada = create_user("ada")
    assert client.get(ADDRESS).json() == []
    for code in ("TEAM_PLAYER", "LEGEND", "CHAMPION"):
        AchievementService.unlock(ada.pk, code)
    AchievementService.revoke(ada.pk, "LEGEND", "A mistake.")
    with django_assert_num_queries(2):  # the rate limit; the player with all that is shown of him
        found = client.get("/api/v1/profiles/@ADA/achievements/").json()
    assert [one["code"] for one in found] == ["CHAMPION", "TEAM_PLAYER"]
    since = UserAchievement.objects.get(code="TEAM_PLAYER").unlocked_at
    assert found[1] == {
        "code": "TEAM_PLAYER",
        "title": "Team Player",
        "description": "Joined a team",
        "rarity": "common",
        "unlocked_at": since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def test_what_is_hidden_is_not_there(client: Client) -> None:
    ada = create_user("ada")
    update(user_id=ada.pk, show_achievements=False)
    assert_problem(client.get(ADDRESS), 404, "not-found")
    assert_problem(client.get("/api/v1/profiles/@nobody/achievements/"), 404, "not-found")
    assert_problem(client.get("/api/v1/profiles/@a\0b/achievements/"), 404, "not-found")
