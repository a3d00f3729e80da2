"""What is sent to the community by who means no good: a clear answer, nothing half-stored, no error."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.community.models import Comment, Like, Post, PostCounts, PostImage, PostTag
from apps.community.services import comments, likes, posts
from apps.community.tests.test_texts import ATTACKS
from apps.events.models import EventLog
from apps.events.testing import deliver_all
from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.user_profile.tests.test_avatars import bomb, picture
from apps.web.tests.pages import html_of
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db
POSTS = "/posts/"
JSON: dict[str, Any] = {"content_type": "application/json"}
PLAYS = frozenset({"javascript", "vbscript", "data", "blob", "file"})


@pytest.fixture
def ada() -> User:
    return create_user("ada", display_name="Ada")


@pytest.fixture
def hers(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


class Page(HTMLParser):
    """Reads a page as a browser would, and keeps what could run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: Counter[str] = Counter()
        self.dangers: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe", "object", "embed", "base", "meta", "link", "form", "svg"):
            self.scripts[tag] += tag not in ("meta", "link", "form", "svg")
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "")
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.dangers.append(f"<{tag} {name}={value}>")
            if name in ("href", "src", "action") and urlsplit(address).scheme.lower() in PLAYS:
                self.dangers.append(f"<{tag} {name}={value}>")


def stored(author: User) -> Post:
    """Store every attack as a post and as a comment, as if the services had let it through."""
    made = Post.objects.bulk_create(Post(author=author, content=each) for each in ATTACKS if "\0" not in each)
    PostCounts.objects.bulk_create(PostCounts(post=post) for post in made)
    Comment.objects.bulk_create(Comment(post=made[0], author=author, content=post.content) for post in made)
    return made[0]


def test_nothing_that_was_stored_runs_on_a_page(hers: Client, ada: User) -> None:
    harmless = Page(html_of(hers, POSTS))
    assert harmless.dangers == []
    post = stored(ada)
    comments.add(post_id=post.pk, author_id=create_user().pk, content=ATTACKS[0])
    last = Post.objects.latest("pk").pk
    below = [last + 1 - 20 * number for number in range(len(ATTACKS) // 20 + 1)]
    paths = [f"{POSTS}?before={key}" for key in below] + [f"{POSTS}{post.pk}/", f"{POSTS}{post.pk}/?after=50"]
    for path in [*paths, "/feed/", "/@ada/", "/notifications/", f"{POSTS}{post.pk + 60}/"]:
        found = Page(html_of(hers, path))
        assert found.dangers == [], path
        assert found.scripts == harmless.scripts, path


def test_an_attack_is_posted_as_any_text_or_refused(ada: User) -> None:
    for attack in (ATTACKS[0], "<scr\0ipt>alert(1)</scr\0ipt>"):
        answer = client_of(ada).post("/api/v1/posts/", {"content": attack}, **JSON)
        assert answer.status_code == (422 if "\0" in attack else 201)
    assert Post.objects.get().content == ATTACKS[0]


def test_what_a_parser_stumbles_over(hers: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts, "PER_HOUR_MAX", 100)
    for part in (
        ">",
        "[",
        "*a",
        "`",
        "- ",
        "![",
        "(",
        "@",
        "#",
        "a@b.",
        "http://",
        "\u0301",
        "&#x",
        "\\",
        "_*",
    ):
        content = part * (5000 // len(part))
        answer = hers.post(POSTS, {"content": content, "visibility": "public"})
        assert answer.status_code in (200, 302), part
    assert hers.get(POSTS).status_code == 200


def test_ten_megabytes(hers: Client, ada: User) -> None:
    post = posts.publish(author_id=ada.pk, content="Hello")
    text = "x" * 10_000_000
    for path in (POSTS, f"{POSTS}{post.pk}/comments/", f"{POSTS}{post.pk}/editing/"):
        answer = hers.post(path, {"content": text, "visibility": "public"})
        assert answer.status_code == 413
        assert "Nothing of it was saved." in answer.content.decode()
    api = client_of(ada)
    for path in ("posts/", f"posts/{post.pk}/comments/"):
        assert_problem(api.post(f"/api/v1/{path}", {"content": text}, **JSON), 413, "too-large")
    answer = hers.post(POSTS, {"content": text[:2_000_000], "visibility": "public"})
    assert "at most 5000 characters" in answer.content.decode()
    assert (Post.objects.get().content, Comment.objects.count()) == ("Hello", 0)


def test_a_flood_of_mentions(hers: Client, ada: User) -> None:
    names = [create_user(f"player{number}").username for number in range(11)]
    text = " ".join(f"@{name}" for name in names)
    post = posts.publish(author_id=ada.pk, content="Hello")
    before = EventLog.objects.count()
    for path in (POSTS, f"{POSTS}{post.pk}/comments/"):
        answer = hers.post(path, {"content": text, "visibility": "public"})
        assert "You can mention 10 players at most. Take some out." in answer.content.decode()
    answer = client_of(ada).post("/api/v1/posts/", {"content": text}, **JSON)
    assert_problem(answer, 422, "invalid-values")
    assert "10 players at most" in answer.content.decode()
    assert (Post.objects.count(), Comment.objects.count(), EventLog.objects.count()) == (1, 0, before)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (bomb(30_000, 30_000), "more than 25 million pixels"),
        (bomb(100_000, 100), "not a picture that we can read"),
        (SimpleUploadedFile("a.png", picture().read()[:200]), "not a picture that we can read"),
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"), "not a picture"),
        (SimpleUploadedFile("a.gif", b"GIF89a" + b"\0" * 500), "not a picture"),
        (SimpleUploadedFile("a.png", b"PK\x03\x04" + b"\0" * 500), "not a picture"),
        (SimpleUploadedFile("a.png", b""), "not a picture"),
        (SimpleUploadedFile("a.png", b"x" * 5_000_001), "more than 5 MB"),
    ],
    ids=["bomb", "lying bomb", "cut off", "script", "gif", "zip", "empty", "heavy"],
)
def test_what_is_no_picture(hers: Client, settings: Any, tmp_path: Path, upload: Any, said: str) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    upload.seek(0)
    answer = hers.post(POSTS, {"content": "Look #duos", "visibility": "public", "image": upload})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not any(model.objects.exists() for model in (Post, PostImage, PostTag, PostCounts))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_likes_and_their_ends_that_race(ada: User) -> None:
    made = [posts.publish(author_id=ada.pk, content=str(number)).pk for number in range(3)]
    fans = [create_user().pk for _ in range(4)]
    pressed: list[Future[Any]] = []
    with other_threads(6) as start:
        for turn in range(3):
            for user_id in fans:
                for post_id in made[: 1 if turn == 1 else None]:
                    act: Callable[..., Any] = likes.unlike if (turn + user_id) % 2 else likes.like
                    pressed.append(start(act, post_id=post_id, user_id=user_id))
    assert not [each for each in pressed if each.exception()]
    deliver_all()
    for post_id in made:
        assert (
            PostCounts.objects.get(post_id=post_id).like_count == Like.objects.filter(post_id=post_id).count()
        )
    told = Counter(EventLog.objects.values_list("event_type", flat=True))
    assert told["post_liked"] - told["post_unliked"] == Like.objects.count()


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_a_post_is_deleted(ada: User) -> None:
    post = posts.publish(author_id=ada.pk, content="Hello")
    bela = create_user()
    with other_threads(2) as start, transaction.atomic():
        posts.delete(post_id=post.pk, user_id=ada.pk)
        late = [
            start(comments.add, post_id=post.pk, author_id=bela.pk, content="late"),
            start(likes.like, post_id=post.pk, user_id=bela.pk),
        ]
        wait_until_somebody_waits_for_us()
    assert [type(each.exception()) for each in late] == [posts.NoSuchPost] * 2
    assert not Comment.objects.exists()
    assert not Like.objects.exists()
    assert not EventLog.objects.filter(event_type__in=["post_commented", "post_liked"]).exists()


def test_a_cursor_of_somebody_else(hers: Client, ada: User) -> None:
    for number in range(21):
        posts.publish(author_id=ada.pk, content=str(number))
    cursor = client_of(ada).get("/api/v1/feed/").json()["next"]
    bela = create_user()
    assert_problem(client_of(bela).get("/api/v1/feed/", {"cursor": cursor}), 400, "invalid-cursor")
    hers.force_login(bela)
    assert "not of your feed" in hers.get("/feed/", {"cursor": cursor}, follow=True).content.decode()
