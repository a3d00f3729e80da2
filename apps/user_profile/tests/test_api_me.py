"""One's own profile and follows by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.user_profile.models import Follow, FollowRequest, User
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"


@pytest.fixture
def ada() -> User:
    return create_user("Ada")


@pytest.fixture
def mine(ada: User) -> Client:
    return client_of(ada)


def patch(client: Client, data: Any, **headers: str) -> Any:
    return client.patch(ME, data, content_type="application/json", headers=headers)


def test_it_is_the_profile_as_its_owner_sees_it(mine: Client, client: Client, ada: User) -> None:
    assert mine.get(ME).json() == mine.get("/api/v1/profiles/@ada/").json()
    assert_problem(client.get(ME), 401, "unauthorized")


def test_changing(mine: Client) -> None:
    answer = patch(mine, {"display_name": "Ada II", "country": "BD"})
    assert (answer.status_code, answer.json()["display_name"], answer.json()["country"]) == (
        200,
        "Ada II",
        "BD",
    )
    assert mine.get(ME).content == answer.content
    assert patch(mine, {"country": ""}).json()["country"] is None
    assert patch(mine, {}).json()["display_name"] == "Ada II"


def test_only_what_was_read(mine: Client) -> None:
    tag = mine.get(ME).headers["ETag"]
    assert patch(mine, {"display_name": "Ada II"}, **{"If-Match": tag}).status_code == 200
    answer = patch(mine, {"display_name": "Ada III"}, **{"If-Match": tag})
    assert_problem(answer, 412, "precondition-failed")
    assert mine.get(ME).json()["display_name"] == "Ada II"
    assert patch(mine, {"display_name": "Ada III"}, **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"display_name": ""}, "/body/display_name"),
        ({"display_name": "x" * 81}, "/body/display_name"),
        ({"display_name": "a\0b"}, "/body/display_name"),
        ({"country": "Bangladesh"}, "/body/country"),
        ({"bio": "a\0b"}, "/body/bio"),
        ({"bio": ["x"]}, "/body/bio"),
        ({"username": "root"}, "/body/username"),
    ],
)
def test_what_cannot_be_accepted(mine: Client, data: Any, pointer: str) -> None:
    before = mine.get(ME).content
    problem = assert_problem(patch(mine, data), 422, "invalid-values")
    assert {each["pointer"] for each in problem["errors"]} == {pointer}
    assert mine.get(ME).content == before


class TestFollowing:
    def path(self, user: User) -> str:
        return f"{ME}following/@{user.username}/"

    def test_a_player(self, mine: Client, ada: User) -> None:
        bela = create_user()
        for _time in range(2):
            answer = mine.put(self.path(bela))
            assert (answer.status_code, answer.json()) == (200, {"state": "following"})
        assert Follow.objects.filter(follower=ada, followed=bela).count() == 1
        for _time in range(2):
            assert mine.delete(self.path(bela)).status_code == 204
        assert not Follow.objects.exists()

    def test_a_private_one_is_asked(self, mine: Client) -> None:
        bela = create_user()
        update(user_id=bela.pk, is_private_account=True)
        assert mine.put(self.path(bela)).json() == {"state": "requested"}
        assert FollowRequest.objects.pending().count() == 1

    def test_nobody_and_oneself_and_who_blocks(self, mine: Client, ada: User) -> None:
        foe = create_user()
        follows.block(user_id=foe.pk, blocked_id=ada.pk)
        assert_problem(mine.put(f"{ME}following/@nobody/"), 404, "not-found")
        for player in (ada, foe):
            assert_problem(mine.put(self.path(player)), 422, "invalid-values")
        assert not Follow.objects.exists()

    def test_needs_its_scope(self, ada: User) -> None:
        reader = client_of(ada, ["read", "profile:write"])
        assert_problem(reader.put(self.path(create_user())), 403, "insufficient-scope")


class TestPassports:
    HERE = f"{ME}passports/valorant/"

    @pytest.fixture(autouse=True)
    def _passport(self, mine: Client) -> None:
        data = {"game": "valorant", "ign": "Adaa#EUW", "current_rank": "Gold 1"}
        assert mine.post(f"{ME}passports/", data, content_type="application/json").status_code == 201

    def test_changing(self, mine: Client) -> None:
        answer = mine.patch(self.HERE, {"is_lft": True}, content_type="application/json")
        assert (answer.json()["is_lft"], answer.json()["current_rank"]) == (True, "Gold 1")

    def test_giving_up(self, mine: Client) -> None:
        answer = mine.delete(self.HERE)
        assert (answer.status_code, answer.content) == (204, b"")
        assert mine.get(f"{ME}passports/").json() == []
        assert_problem(mine.delete(self.HERE), 404, "not-found")
        assert_problem(mine.patch(self.HERE, {}, content_type="application/json"), 404, "not-found")
