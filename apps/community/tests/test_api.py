"""Posts, comments, likes and the feed by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.community.models import Comment, Like, Post
from apps.community.services import posts
from apps.user_profile.models import User
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
POSTS, FEED = "/api/v1/posts/", "/api/v1/feed/"
JSON: dict[str, Any] = {"content_type": "application/json"}


@pytest.fixture
def ada() -> User:
    return create_user("ada", display_name="Ada")


@pytest.fixture
def bela() -> User:
    return create_user("bela", display_name="Bela")


def test_a_post_from_end_to_end(client: Client, ada: User, bela: User) -> None:
    hers, his = client_of(ada), client_of(bela)
    made = hers.post(POSTS, {"content": "**Hi** @bela"}, **JSON)
    assert made.status_code == 201
    url = made.headers["Location"]
    body = client.get(url).json()
    assert body == {
        "id": str(Post.objects.get().pk),
        "author": {"username": "ada", "display_name": "Ada", "avatar_url": None},
        "content": "**Hi** @bela",
        "html": '<p><strong>Hi</strong> <a href="/@bela/" rel="nofollow ugc noopener noreferrer">'
        "@bela</a></p>\n",
        "visibility": "public",
        "images": [],
        "like_count": 0,
        "comment_count": 0,
        "is_liked": False,
        "created_at": body["created_at"],
        "edited_at": None,
        "why": None,
    }
    for _ in range(2):
        assert his.put(f"{url}like/", **JSON).status_code == 204
    said = his.post(f"{url}comments/", {"content": "Hello"}, **JSON)
    assert said.status_code == 201
    seen = his.get(url).json()
    assert (seen["like_count"], seen["comment_count"], seen["is_liked"]) == (1, 1, True)
    assert client.get(f"{url}comments/").json()["items"] == [said.json()]
    assert_problem(his.patch(url, {"content": "Mine"}, **JSON), 404, "not-found")
    assert_problem(his.delete(url), 404, "not-found")
    assert hers.patch(url, {"content": "Hi again"}, **JSON).json()["content"] == "Hi again"
    assert his.delete(f"{url}like/").status_code == his.delete(f"{url}like/").status_code == 204
    assert his.delete(f"{url}comments/{said.json()['id']}/").status_code == 204
    assert not Like.objects.exists()
    assert not Comment.objects.exists()
    assert hers.delete(url).status_code == 204
    for method in ("get", "delete", "patch"):
        assert_problem(getattr(hers, method)(url, {"content": "x"}, **JSON), 404, "not-found")
    assert_problem(his.put(f"{url}like/", **JSON), 404, "not-found")
    assert_problem(his.post(f"{url}comments/", {"content": "late"}, **JSON), 404, "not-found")


def test_lists_page_by_page(client: Client, ada: User) -> None:
    made = [posts.publish(author_id=ada.pk, content=f"{n} #x").pk for n in range(5)]
    for path in (f"{POSTS}?tag=X", f"{POSTS}?limit=3", "/api/v1/profiles/@ada/posts/?limit=3"):
        ids: list[int] = []
        url: str | None = path
        while url:
            answer = client.get(url)
            ids += [int(each["id"]) for each in answer.json()["items"]]
            url = answer.headers["Link"].split(">")[0][1:] if "Link" in answer.headers else None
        assert ids == made[::-1]


def test_the_feed(ada: User, bela: User) -> None:
    follows.follow(follower_id=ada.pk, followed_id=bela.pk)
    for number in range(21):
        posts.publish(author_id=bela.pk, content=str(number))
    hers, his = client_of(ada, ["read"]), client_of(bela, ["read"])
    first = hers.get(FEED)
    assert [each["content"] for each in first.json()["items"]] == [str(n) for n in range(20, 0, -1)]
    assert first.json()["items"][0]["why"] == "You follow them"
    last = hers.get(first.headers["Link"].split(">")[0][1:]).json()
    assert ([each["content"] for each in last["items"]], last["next"]) == (["0"], None)
    assert_problem(his.get(FEED, {"cursor": first.json()["next"]}), 400, "invalid-cursor")
    assert_problem(hers.get(FEED, {"order": "martian"}), 422, "invalid-values")


def test_what_is_refused(client: Client, ada: User) -> None:
    hers = client_of(ada, ["posts:write"])
    for data in ({"content": " "}, {"content": "a\0"}, {"content": "x", "visibility": "all"}, {}, {"x": 1}):
        assert_problem(hers.post(POSTS, data, **JSON), 422, "invalid-values")
    assert_problem(client.post(POSTS, {"content": "x"}, **JSON), 401, "unauthorized")
    assert_problem(client_of(ada, ["read"]).post(POSTS, {"content": "x"}, **JSON), 403, "insufficient-scope")
    for url in (
        f"{POSTS}0/",
        f"{POSTS}{10**30}/",
        f"{POSTS}{10**30}/comments/",
        "/api/v1/profiles/@no/posts/",
    ):
        assert_problem(client.get(url), 404, "not-found")
    assert not Post.objects.exists()
