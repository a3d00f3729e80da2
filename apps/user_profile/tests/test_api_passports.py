"""Own passports by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.user_profile.models import GameProfile
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

MINE = "/api/v1/me/passports/"
VALORANT = {"game": "valorant", "ign": "Ada#EUW"}


@pytest.fixture
def mine() -> Client:
    return client_of(create_user())


def add(client: Client, data: Any) -> Any:
    return client.post(MINE, data, content_type="application/json")


def test_added_and_listed(mine: Client) -> None:
    answer = add(mine, {**VALORANT, "current_rank": "Gold 1", "is_lft": True})
    assert answer.status_code == 201
    assert answer.json() == {
        "game": "valorant", "ign": "Ada#EUW", "current_rank": "Gold 1", "region": None, "role": None,
        "platform": None, "is_lft": True, "visibility": "public", "is_pinned": False,
    }  # fmt: skip
    assert mine.get(MINE).json() == [answer.json()]
    assert client_of(create_user()).get(MINE).json() == []


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({}, ["/body/game", "/body/ign"]),
        ({**VALORANT, "colour": "red"}, ["/body/colour"]),
        ({**VALORANT, "is_lft": "perhaps"}, ["/body/is_lft"]),
        ({**VALORANT, "ign": 7}, ["/body/ign"]),
        ({**VALORANT, "ign": None}, ["/body/ign"]),
        ({**VALORANT, "ign": "no tag"}, ["/body/ign"]),
        ({**VALORANT, "ign": "a\0b"}, ["/body/ign"]),
        ({**VALORANT, "region": "x" * 100_000}, ["/body/region"]),
        ({**VALORANT, "visibility": "followers"}, ["/body/visibility"]),
        ({**VALORANT, "is_pinned": True}, ["/body/is_pinned"]),
        ({**VALORANT, "game": "chess"}, ["/body/game"]),
        ({**VALORANT, "game": "a\0b"}, ["/body/game"]),
        ([], ["/body"]),
        ("text", ["/body"]),
        (None, ["/body"]),
    ],
)
def test_what_cannot_be_accepted(mine: Client, data: Any, pointers: list[str]) -> None:
    problem = assert_problem(
        mine.post(MINE, json_of(data), content_type="application/json"), 422, "invalid-values"
    )
    assert sorted({each["pointer"] for each in problem["errors"]}) == pointers
    assert all(each["message"] for each in problem["errors"])
    assert not GameProfile.objects.exists()


def json_of(data: Any) -> str:
    import json

    return json.dumps(data)


@pytest.mark.parametrize("body", ["{", "\xff\xfe", "{'a': 1}", "[" * 100_000])
def test_a_body_that_is_no_json(mine: Client, body: str) -> None:
    assert_problem(mine.post(MINE, body, content_type="application/json"), 400, "invalid-request")


def test_who_sees_it_and_whether_it_is_pinned(mine: Client) -> None:
    assert add(mine, {**VALORANT, "visibility": "private"}).json()["visibility"] == "private"
    changed = mine.patch(
        f"{MINE}valorant/", {"visibility": "signed_in", "is_pinned": True}, "application/json"
    )
    assert (changed.json()["visibility"], changed.json()["is_pinned"]) == ("signed_in", True)
    assert mine.get(MINE).json() == [changed.json()]
    wrong = mine.patch(f"{MINE}valorant/", {"visibility": "friends"}, "application/json")
    [error] = assert_problem(wrong, 422, "invalid-values")["errors"]
    assert error["pointer"] == "/body/visibility"
    assert GameProfile.objects.get().visibility == "signed_in"


def test_two_of_one_game(mine: Client) -> None:
    add(mine, VALORANT)
    assert_problem(add(mine, VALORANT), 422, "invalid-values")
