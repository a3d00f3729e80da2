"""Lists of followers by API, page by page."""

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.user_profile.models import Follow, User
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

FOLLOWERS, FOLLOWING = "/api/v1/profiles/@star/followers/", "/api/v1/profiles/@fan-3/following/"


@pytest.fixture
def star() -> User:
    """Return a player whom seven follow, fan-0 first."""
    star = create_user("star")
    fans = [create_user(f"fan-{number}") for number in range(7)]
    for fan in fans:
        follows.follow(follower_id=fan.pk, followed_id=star.pk)
    return star


def names(page: Any) -> list[str]:
    return [each["username"] for each in page["items"]]


def test_page_by_page(client: Client, star: User) -> None:
    page = client.get(FOLLOWERS, {"limit": 3})
    first = page.json()
    assert names(first) == ["fan-6", "fan-5", "fan-4"]
    assert first["items"][0].keys() == {"username", "display_name", "avatar_url", "followed_at"}
    assert (
        page.headers["Link"] == f'<http://testserver{FOLLOWERS}?limit=3&cursor={first["next"]}>; rel="next"'
    )
    follows.follow(follower_id=create_user("late").pk, followed_id=star.pk)
    Follow.objects.get(follower__username="fan-4").delete()
    second = client.get(page.headers["Link"].split(">")[0][1:]).json()
    assert names(second) == ["fan-3", "fan-2", "fan-1"]
    last = client.get(FOLLOWERS, {"limit": 3, "cursor": second["next"]})
    assert (names(last.json()), last.json()["next"], "Link" in last.headers) == (["fan-0"], None, False)


def test_the_other_way(client: Client, star: User) -> None:
    assert names(client.get(FOLLOWING).json()) == ["star"]


def test_queries(client: Client, star: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(
        5
    ):  # the rate limit, the player, what of him is shown; the page, who is shown
        client.get(FOLLOWERS)


@pytest.mark.parametrize(
    "cursor",
    ["x", "a.b", "\0", "\N{SNOWMAN}", signing.Signer(salt="other").sign_object([1]), "W10:forged", "x" * 400],
)
def test_a_forged_cursor(client: Client, star: User, cursor: str) -> None:
    assert_problem(client.get(FOLLOWERS, {"cursor": cursor}), 400, "invalid-cursor")


def test_a_cursor_of_another_list(client: Client, star: User) -> None:
    cursor = client.get(FOLLOWERS, {"limit": 1}).json()["next"]
    assert_problem(client.get(FOLLOWING, {"cursor": cursor}), 400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1.5", "9" * 400])
def test_a_limit_that_is_none(client: Client, star: User, limit: str) -> None:
    problem = assert_problem(client.get(FOLLOWERS, {"limit": limit}), 422, "invalid-values")
    assert [each["pointer"] for each in problem["errors"]] == ["/query/limit"]


class TestPrivacy:
    def test_a_hidden_list_is_not_there(self, client: Client, star: User) -> None:
        update(user_id=star.pk, followers_list_visibility="followers")
        assert_problem(client.get(FOLLOWERS), 404, "not-found")
        assert len(client_of(User.objects.get(username="fan-0")).get(FOLLOWERS).json()["items"]) == 7
        update(user_id=star.pk, show_followers_list=False)
        assert_problem(client_of(User.objects.get(username="fan-0")).get(FOLLOWERS), 404, "not-found")
        assert len(client_of(star).get(FOLLOWERS).json()["items"]) == 7

    def test_who_hides_from_the_viewer_is_left_out(self, client: Client, star: User) -> None:
        foe = create_user()
        follows.block(user_id=User.objects.get(username="fan-6").pk, blocked_id=foe.pk)
        User.objects.filter(username="fan-5").update(is_active=False)
        seen = client_of(foe).get(FOLLOWERS, {"limit": 3}).json()
        assert names(seen) == ["fan-4"]
        assert names(client_of(foe).get(FOLLOWERS, {"limit": 3, "cursor": seen["next"]}).json())[0] == "fan-3"
        assert names(client.get(FOLLOWERS, {"limit": 3}).json()) == ["fan-6", "fan-4"]
