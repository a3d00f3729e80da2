"""What belongs together is one line: "Carl and 2 others like your post."."""

import pytest
from django.test.utils import CaptureQueriesContext

from apps.community.services import likes, posts
from apps.notifications import kinds, selectors
from apps.notifications.models import Notification
from apps.notifications.services import notifications
from apps.user_profile.models import User
from apps.user_profile.selectors.privacy import Viewer
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user
from tests.story import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return create_user("ada")


@pytest.fixture
def fans() -> list[User]:
    return [create_user(name.lower(), display_name=name) for name in ("Bela", "Carl", "Dora")]


def lines(user: User) -> list[str]:
    """Return what somebody reads on the page, the latest first."""
    return [each.plain for each in selectors.lines_of(Viewer(user.pk), selectors.threads_of(user.pk))]


def test_likes_of_one_post_are_one_line(ada: User, fans: list[User]) -> None:
    first, second = (posts.publish(author_id=ada.pk, content=text) for text in ("One", "Two"))
    for fan in fans:
        likes.like(post_id=first.pk, user_id=fan.pk)
        assert selectors.unread_count(ada.pk) == 1
    likes.like(post_id=second.pk, user_id=fans[0].pk)
    assert lines(ada) == ["Bela likes your post.", "Dora and 2 others like your post."]
    likes.unlike(post_id=first.pk, user_id=fans[2].pk)
    assert lines(ada)[1] == "Carl and 1 other like your post."
    follows.block(user_id=ada.pk, blocked_id=fans[1].pk)
    assert lines(ada)[1] == "Bela likes your post."


def test_reading_one_line_reads_what_is_in_it(ada: User, fans: list[User]) -> None:
    post = posts.publish(author_id=ada.pk, content="One")
    for fan in fans[:2]:
        likes.like(post_id=post.pk, user_id=fan.pk)
    [line] = selectors.lines_of(Viewer(ada.pk), selectors.threads_of(ada.pk))
    likes.like(post_id=post.pk, user_id=fans[2].pk)
    assert notifications.mark_read(recipient_id=ada.pk, notification_id=line.id)
    assert selectors.unread_count(ada.pk) == 1  # who came meanwhile was not seen
    notifications.mark_all_read(recipient_id=ada.pk, up_to_id=Notification.objects.latest("pk").pk)
    assert selectors.unread_count(ada.pk) == 0


def test_somebody_who_is_muted_is_gone(ada: User, fans: list[User]) -> None:
    follows.follow(follower_id=fans[0].pk, followed_id=ada.pk)
    follows.mute(user_id=ada.pk, muted_id=fans[0].pk)
    assert lines(ada) == []


def test_the_page_takes_as_many_queries_for_many_lines(
    ada: User, fans: list[User], django_assert_num_queries: "type[CaptureQueriesContext]"
) -> None:
    for number in range(6):
        post = posts.publish(author_id=ada.pk, content=f"Post {number}")
        for fan in fans:
            likes.like(post_id=post.pk, user_id=fan.pk)
    for count in (1, 6):
        with django_assert_num_queries(4):
            assert len(selectors.lines_of(Viewer(ada.pk), selectors.threads_of(ada.pk)[:count])) == count


def test_all_that_is_told_is_declared_and_has_words() -> None:
    tell()
    told = set(Notification.objects.values_list("kind", flat=True))
    assert told <= kinds.known.keys(), "declare it where it is told: apps.notifications.kinds.declare"
    assert {"followed", "post_liked", "tournament_entry", "match_result", "coins_received"} <= told
    found = [kind.code for group in kinds.by_category().values() for kind in group]
    assert sorted(found) == sorted(kinds.known)
