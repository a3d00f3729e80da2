"""Posts, likes and comments: rows and events exactly, and on refusal nothing of either."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from apps.community.models import Comment, Like, Post, PostCounts, PostImage, PostTag, Revision
from apps.community.selectors import posts as reads
from apps.community.services import comments, images, likes, posts
from apps.events import erasure
from apps.events.models import Erasure, EventLog
from apps.events.testing import deliver_all, emitted
from apps.notifications.models import Notification
from apps.user_profile.models import TeamSeat, User, UserActivity
from apps.user_profile.selectors.privacy import ANONYMOUS, Viewer
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from tests.threads import other_threads

pytestmark = pytest.mark.django_db
SECRET = "the password is swordfish"


@pytest.fixture
def ada() -> User:
    return create_user("ada", display_name="Ada")


@pytest.fixture
def bela() -> User:
    return create_user("bela", display_name="Bela")


def post_of(user: User, content: str = "Hello", **options: Any) -> Post:
    return posts.publish(author_id=user.pk, content=content, **options)


def counts(post: Post) -> tuple[int, int]:
    row = PostCounts.objects.get(post=post)
    return row.like_count, row.comment_count


def refused(do: Any, match: str) -> None:
    with emitted() as events, pytest.raises(ValidationError, match=match):
        do()
    assert events == []


def reads_it(viewer: User | None, post: Post) -> bool:
    return reads.post(Viewer(viewer.pk) if viewer else ANONYMOUS, post.pk) is not None


def test_what_is_posted(ada: User, bela: User) -> None:
    with emitted() as events:
        post = post_of(ada, "  Hi @bela and @nobody #Duos\r\n#duos `#code @ada`  ")
    content = "Hi @bela and @nobody #Duos\n#duos `#code @ada`"
    assert events == [
        (
            "new_post_created",
            {"user_id": ada.pk, "post_id": post.pk, "content": content, "visibility": "public"},
        )
    ]
    assert (post.content, post.mentions) == (content, ["bela"])
    assert list(PostTag.objects.values_list("tag", flat=True)) == ["duos"]
    activity = UserActivity.objects.get(event_type="POST_CREATED")
    assert activity.event_data == {"post_id": post.pk, "preview": content}
    assert activity.is_public


def test_the_preview_has_a_hundred_characters(ada: User) -> None:
    post_of(ada, "x" * 150)
    assert UserActivity.objects.get(event_type="POST_CREATED").event_data["preview"] == "x" * 100


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "Write something"),
        (" \n\t", "Write something"),
        ("x" * 5_001, "5001 characters; 5000 are the most"),
        ("a\0b", "nobody can read"),
        ("a\ud800b", "nobody can read"),
        (" ".join(f"@player{n}" for n in range(11)), "mention 10 players at most"),
        (" ".join(f"#tag{n}" for n in range(11)), "10 tags at most"),
    ],
)
def test_what_cannot_be_posted(ada: User, content: str, match: str) -> None:
    refused(lambda: post_of(ada, content), match)
    assert not Post.objects.exists()


def test_for_nobody_we_know(ada: User) -> None:
    refused(lambda: post_of(ada, visibility="martians"), "Choose one of")


def test_floods(ada: User, bela: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts, "PER_HOUR_MAX", 2)
    monkeypatch.setattr(comments, "PER_HOUR_MAX", 1)
    post = post_of(ada)
    post_of(ada)
    refused(lambda: post_of(ada), "2 posts an hour")
    comments.add(post_id=post.pk, author_id=bela.pk, content="1")
    refused(lambda: comments.add(post_id=post.pk, author_id=bela.pk, content="2"), "1 comments an hour")


def test_the_row_itself_refuses_what_cannot_be(ada: User) -> None:
    post = post_of(ada)
    likes.like(post_id=post.pk, user_id=ada.pk)
    for row in (
        Post(author=ada, content=""),
        Post(author=ada, content="x", visibility="all"),
        Comment(author=ada, post=post, content=""),
        Like(post=post, user=ada),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_likes_count_once(ada: User, bela: User) -> None:
    post = post_of(ada)
    edge = {"post_id": post.pk, "user_id": bela.pk}
    with emitted() as events:
        assert likes.like(**edge) == likes.like(**edge)
    assert events == [("post_liked", {"liker_id": bela.pk, "post_id": post.pk})]
    assert counts(post) == (1, 0)
    with emitted("post_unliked"):
        assert likes.unlike(**edge)
        assert not likes.unlike(**edge)
    assert counts(post) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_likes_that_race(ada: User, bela: User) -> None:
    post = post_of(ada)
    with other_threads(4) as start:
        pressed = [start(likes.like, post_id=post.pk, user_id=bela.pk) for _ in range(4)]
    assert len({like.result() for like in pressed}) == 1
    deliver_all()
    assert EventLog.objects.filter(event_type="post_liked").count() == 1
    assert counts(post) == (1, 0)


def test_comments(ada: User, bela: User) -> None:
    post = post_of(ada)
    with emitted() as events:
        comment = comments.add(post_id=post.pk, author_id=bela.pk, content=" Nice ")
    assert events == [
        (
            "post_commented",
            {"commenter_id": bela.pk, "post_id": post.pk, "content": "Nice", "comment_id": comment.pk},
        )
    ]
    assert counts(post) == (0, 1)
    stranger = create_user()
    refused(lambda: comments.delete(comment_id=comment.pk, user_id=stranger.pk), "not there any more")
    with emitted("comment_deleted"):
        comments.delete(comment_id=comment.pk, user_id=ada.pk)
    assert counts(post) == (0, 0)
    assert EventLog.objects.get(event_type="post_commented").payload["content"] is None


def test_what_is_gone_takes_nothing_more(ada: User, bela: User) -> None:
    post = post_of(ada)
    posts.delete(post_id=post.pk, user_id=ada.pk)
    for act in (
        lambda: comments.add(post_id=post.pk, author_id=bela.pk, content="late"),
        lambda: likes.like(post_id=post.pk, user_id=bela.pk),
        lambda: posts.delete(post_id=post.pk, user_id=ada.pk),
        lambda: posts.edit(post_id=post.pk, editor_id=ada.pk, content="late"),
    ):
        refused(act, "not there any more")


def test_only_the_author_edits_and_deletes(ada: User, bela: User) -> None:
    post = post_of(ada)
    refused(lambda: posts.edit(post_id=post.pk, editor_id=bela.pk, content="hacked"), "not there any more")
    refused(lambda: posts.delete(post_id=post.pk, user_id=bela.pk), "not there any more")
    assert Post.objects.get().content == "Hello"


def test_editing_keeps_what_it_said(ada: User) -> None:
    post = post_of(ada, "One #a")
    with emitted() as events:
        posts.edit(post_id=post.pk, editor_id=ada.pk, content="Two #b")
        posts.edit(post_id=post.pk, editor_id=ada.pk, content="Two #b")
    assert events == []
    assert [row.content for row in Revision.objects.all()] == ["One #a"]
    assert list(PostTag.objects.values_list("tag", flat=True)) == ["b"]
    view = reads.post(ANONYMOUS, post.pk)
    assert view
    assert view.edited_at
    assert ["One" in row.html for row in reads.revisions_of(view)] == [True]


def test_deletion_reaches_every_copy(ada: User, bela: User) -> None:
    post = post_of(ada, f"{SECRET} @bela")
    kept = post_of(ada, "stays")
    posts.edit(post_id=post.pk, editor_id=ada.pk, content=f"{SECRET}!")
    comments.add(post_id=post.pk, author_id=bela.pk, content=f"{SECRET}?")
    likes.like(post_id=post.pk, user_id=bela.pk)
    with emitted("post_deleted"):
        posts.delete(post_id=post.pk, user_id=ada.pk)
    said = json.dumps(list(EventLog.objects.values_list("payload", flat=True)))
    said += str(list(UserActivity.objects.values_list("event_data", flat=True)))
    assert "swordfish" not in said
    assert "stays" in said
    assert not any(model.objects.exclude(**{key: kept.pk}).exists() for model, key in (
        (Post, "pk"), (PostCounts, "pk"), (Like, "post"), (Comment, "post"), (Revision, "post"),
    ))  # fmt: skip
    assert not Notification.objects.standing().exists()
    assert {row.user_id for row in Erasure.objects.all()} == {ada.pk, bela.pk}
    standing = UserActivity.objects.standing().filter(event_type="POST_CREATED", is_public=True)
    told = [row.event_data["post_id"] for row in standing]
    assert told == [kept.pk]


def test_who_is_forgotten_leaves_nothing(ada: User, bela: User) -> None:
    post, other = post_of(ada, SECRET), post_of(bela)
    likes.like(post_id=other.pk, user_id=ada.pk)
    comments.add(post_id=other.pk, author_id=ada.pk, content=SECRET)
    erasure.erase(ada.pk, by="test")
    assert [row.pk for row in Post.objects.all()] == [other.pk]
    assert counts(other) == (0, 0)
    assert "swordfish" not in json.dumps(list(EventLog.objects.values_list("payload", flat=True)))
    assert "swordfish" not in str(list(UserActivity.objects.values_list("event_data", flat=True)))
    assert not PostCounts.objects.filter(pk=post.pk).exists()


def test_for_whom_it_is(ada: User, bela: User) -> None:
    mate, stranger = create_user(), create_user()
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    for user in (ada, mate):
        TeamSeat.objects.create(user=user, team_id=1)
    public, close, team = (post_of(ada, visibility=each) for each in ("public", "followers", "team"))
    readers = [ada, bela, mate, stranger, None]
    assert [reads_it(user, public) for user in readers] == [True] * 5
    assert [reads_it(user, close) for user in readers] == [True, True, False, False, False]
    assert [reads_it(user, team) for user in readers] == [True, False, True, False, False]
    for user_id, post in ((stranger.pk, close), (bela.pk, team)):
        refused(lambda: likes.like(post_id=post.pk, user_id=user_id), "not there")  # noqa: B023
        refused(lambda: comments.add(post_id=post.pk, author_id=user_id, content="x"), "not there")  # noqa: B023
    update(user_id=ada.pk, is_private_account=True)
    assert [reads_it(user, public) for user in readers] == [True, True, False, False, False]
    assert not UserActivity.objects.exclude(event_data__post_id=public.pk).filter(is_public=True).exists()
    follows.block(user_id=ada.pk, blocked_id=bela.pk)
    assert not any(reads_it(bela, post) for post in (public, close, team))
    assert reads.posts_of(Viewer(bela.pk), "ada") is None


def test_a_block_hides_both_ways(ada: User, bela: User) -> None:
    post, other = post_of(ada), post_of(bela)
    comments.add(post_id=post.pk, author_id=bela.pk, content="Hi")
    follows.block(user_id=ada.pk, blocked_id=bela.pk)
    assert not reads_it(ada, other)
    assert not reads_it(bela, post)
    view = reads.post(Viewer(ada.pk), post.pk)
    assert view
    assert reads.comments_of(Viewer(ada.pk), view).items == []


def told(user: User) -> list[tuple[str, int | None]]:
    rows = Notification.objects.standing().filter(recipient=user).order_by("pk")
    return list(rows.values_list("kind", "actor_id"))


def test_what_players_are_told(ada: User, bela: User) -> None:
    carl = create_user("carl")
    post = post_of(ada, "With @bela and @ada")
    assert told(bela) == [("mention", ada.pk)]
    likes.like(post_id=post.pk, user_id=bela.pk)
    likes.like(post_id=post.pk, user_id=ada.pk)
    first = comments.add(post_id=post.pk, author_id=bela.pk, content="Thanks @carl")
    second = comments.add(post_id=post.pk, author_id=bela.pk, content="Really")
    assert told(ada) == [("post_liked", bela.pk), ("comment_added", bela.pk), ("comment_added", bela.pk)]
    assert told(carl) == [("mention", bela.pk)]
    likes.unlike(post_id=post.pk, user_id=bela.pk)
    comments.delete(comment_id=first.pk, user_id=bela.pk)
    assert told(ada) == [("comment_added", bela.pk)] * 2
    comments.delete(comment_id=second.pk, user_id=bela.pk)
    assert told(ada) == told(carl) == []


def test_nobody_is_told_of_what_he_may_not_read(ada: User, bela: User) -> None:
    post_of(ada, "Psst @bela", visibility="followers")
    follows.mute(user_id=bela.pk, muted_id=ada.pk)
    post_of(ada, "Hey @bela")
    assert told(bela) == []


def picture(kind: str = "PNG", size: tuple[int, int] = (2000, 500)) -> ContentFile:  # type: ignore[type-arg]
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return ContentFile(data.getvalue(), name="../../evil.php")


def test_pictures_are_drawn_anew_and_go_with_the_post(
    ada: User, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    post = post_of(ada, uploads=[(picture(), " A red bar ")])
    image = PostImage.objects.get()
    name = str(image.image.name)
    assert name.startswith("posts/")
    assert name.endswith(".webp")
    assert (image.width_px, image.height_px, image.alt) == (1600, 400, "A red bar")
    with default_storage.open(name) as file, Image.open(file) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1600, 400))
    assert images.sweep() == 0
    with django_capture_on_commit_callbacks(execute=True):
        posts.delete(post_id=post.pk, user_id=ada.pk)
    assert not default_storage.exists(name)


@pytest.mark.parametrize(
    ("uploads", "match"),
    [
        ([(ContentFile(b"<svg onload=alert(1)>", name="a.png"), "")], "not a picture"),
        ([(picture(size=(50, 50)), "")], "smaller than"),
        ([(picture(), "")] * 5, "4 pictures at most"),
    ],
)
def test_what_is_no_picture(ada: User, settings: Any, tmp_path: Path, uploads: Any, match: str) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    refused(lambda: post_of(ada, uploads=uploads), match)
    assert not Post.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_a_page_takes_few_queries(ada: User, bela: User, django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        post_of(ada, f"Post {number} #x")
    with django_assert_max_num_queries(4):
        page = reads.tagged(Viewer(bela.pk), "x")
    assert [view.content for view in page.items] == [f"Post {number} #x" for number in range(24, 4, -1)]
    rest = reads.tagged(Viewer(bela.pk), "x", page.next)
    assert [view.content for view in rest.items] == [f"Post {number} #x" for number in range(4, -1, -1)]
    assert rest.next is None
