"""The feed: who is in it and why, in which order, page by page, and how it is found."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.community.models import Post
from apps.community.selectors import candidates, policy
from apps.community.selectors import feed as feeds
from apps.community.selectors.candidates import Place
from apps.community.selectors.feed import NotYourCursor, feed
from apps.community.services import likes, moderation, posts
from apps.games.models import Game
from apps.user_profile.models import TeamSeat, User
from apps.user_profile.services import follows, passports
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
GAME_ID = 1


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts, "PER_HOUR_MAX", 1000)


@pytest.fixture
def ada() -> User:
    return create_user("ada")


def post_of(user: User, content: str = "Hello", visibility: str = "public") -> Post:
    return posts.publish(author_id=user.pk, content=content, visibility=visibility)


def follow(follower: User, followed: User) -> None:
    follows.follow(follower_id=follower.pk, followed_id=followed.pk)


def play(user: User) -> None:
    passports.add(user_id=user.pk, game_id=GAME_ID, ign=f"{user.username} plays")


def told(viewer: User, **options: bool) -> list[tuple[str, str]]:
    return [(each.content, each.why) for each in feed(viewer.pk, **options).items]


def pages(viewer: User, *, latest: bool = False) -> Iterator[list[int]]:
    cursor: str | None = ""
    while cursor is not None:
        page = feed(viewer.pk, cursor, latest=latest)
        yield [each.id for each in page.items]
        cursor = page.next


def test_nobody_followed_nothing_read(ada: User) -> None:
    post_of(create_user())
    assert told(ada) == []
    assert feed(ada.pk).next is None


def test_who_is_in_it_and_why(ada: User) -> None:
    followed, mate, player, writer, stranger = (create_user() for _ in range(5))
    follow(ada, followed)
    for user in (ada, mate):
        TeamSeat.objects.create(user=user, team_id=1)
        play(user)
    play(player)
    for user, text, visibility in (
        (ada, "own #duos", "public"),
        (followed, "followed", "followers"),
        (followed, "not for me", "team"),
        (mate, "mate", "team"),
        (player, "player", "public"),
        (player, "not for strangers", "followers"),
        (writer, "writer #Duos", "public"),
        (stranger, "stranger #trios", "public"),
    ):
        post_of(user, text, visibility)
    game = Game.objects.get(pk=GAME_ID).name
    assert dict(told(ada)) == {
        "own #duos": "You wrote this",
        "followed": "You follow them",
        "mate": "Your teammate",
        "player": f"Plays {game}, as you do",
        "writer #Duos": "About #duos, as you write or like",
    }


def test_the_order_changes_when_the_passport_does(ada: User) -> None:
    player, writer = create_user(), create_user()
    play(player)
    liked = post_of(writer, "liked #duos")
    likes.like(post_id=liked.pk, user_id=ada.pk)
    post_of(player, "player #duos")
    post_of(writer, "writer #duos")
    first = [content for content, _ in told(ada)]
    assert first.index("writer #duos") < first.index("player #duos")
    play(ada)
    second = [content for content, _ in told(ada)]
    assert second.index("player #duos") < second.index("writer #duos")
    passports.delete(user_id=ada.pk, game_id=GAME_ID)
    assert [content for content, _ in told(ada)] == first


def test_what_one_likes_comes_first_but_not_in_the_order_of_time(ada: User) -> None:
    dear, other = create_user(), create_user()
    for user in (dear, other):
        follow(ada, user)
    liked = [post_of(dear, f"liked {number}") for number in range(3)]
    for post in liked:
        likes.like(post_id=post.pk, user_id=ada.pk)
    post_of(other, "newest")
    assert told(ada)[0] == ("liked 2", "You follow them, and like what they write")
    assert [content for content, _ in told(ada, latest=True)] == ["newest", "liked 2", "liked 1", "liked 0"]


@pytest.mark.parametrize(
    "how", ["mutes", "blocks", "is blocked", "is private", "hides games", "hides the passport"]
)
def test_who_is_not_in_it(ada: User, how: str) -> None:
    followed, player = create_user(), create_user()
    follow(ada, followed)
    for user in (ada, player):
        play(user)
    post_of(followed)
    post_of(player)
    assert len(told(ada)) == 2
    for user in (followed, player):
        match how:
            case "mutes":
                follows.mute(user_id=ada.pk, muted_id=user.pk)
            case "blocks":
                follows.block(user_id=ada.pk, blocked_id=user.pk)
            case "is blocked":
                follows.block(user_id=user.pk, blocked_id=ada.pk)
            case "is private":
                update(user_id=user.pk, is_private_account=True)
            case "hides games":
                update(user_id=user.pk, show_game_ids=False)
            case "hides the passport" if user is player:
                passports.update(user_id=user.pk, game_id=GAME_ID, visibility="private")
    left = 1 if how in ("is private", "hides games", "hides the passport") else 0
    assert len(told(ada)) == left
    assert len(told(ada, latest=True)) == left


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages and windows be small, and the latest so few that authors are asked for what is older."""
    monkeypatch.setattr(feeds, "PER_PAGE", 4)
    monkeypatch.setattr(candidates, "WINDOW", 10)
    monkeypatch.setattr(candidates, "LATEST", 6)


@pytest.mark.parametrize("latest", [False, True])
def test_pages_have_no_gaps_and_no_repeats_whatever_happens_meanwhile(
    small: None, ada: User, latest: bool
) -> None:
    authors = [create_user() for _ in range(5)]
    play(ada)
    play(authors[3])
    for user in authors[:3]:
        follow(ada, user)
    # What somebody wrote whom she follows only while she reads may come or not, but not twice.
    extra = [post_of(authors[4], f"extra {number}").pk for number in range(11)]
    wanted = [post_of(authors[number % 4], str(number)).pk for number in range(30)]
    read: list[int] = []
    for number, page in enumerate(pages(ada, latest=latest)):
        assert len(page) <= 4
        read += page
        # What is liked rises, what is written comes on top, what is deleted goes.
        for post_id in wanted[number * 2 : number * 2 + 2]:
            likes.like(post_id=post_id, user_id=ada.pk)
        post_of(authors[0], "meanwhile")
        if number == 1:
            follow(ada, authors[4])
    assert len(read) == len(set(read))
    assert sorted({*read} - {*extra}) == wanted
    if latest:
        assert read == sorted(read, reverse=True)


@pytest.mark.parametrize("latest", [False, True])
def test_what_is_not_for_him_shortens_no_page(small: None, ada: User, latest: bool) -> None:
    friend, closed, mate, player = (create_user() for _ in range(4))
    for user in (friend, closed):
        follow(ada, user)
    for user in (ada, mate, closed):
        TeamSeat.objects.create(user=user, team_id=1)
    for user in (ada, player):
        play(user)
    made = [
        post_of(author, str(number), visibility)
        for number in range(4)
        for author in (friend, closed, mate, player)
        for visibility in ("public", "followers", "team")
    ]
    hidden = [post for post in made if post.author == friend][::2]
    for post in hidden:
        moderation.decide(moderator_id=player.pk, subject=f"post:{post.pk}", verb="HIDE", reason="SPAM")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    update(user_id=mate.pk, is_private_account=True)
    found = list(pages(ada, latest=latest))
    assert sorted(chain(*found)) == [post.pk for post in made if policy.may_read(ada.pk, post)]
    assert [len(page) for page in found[:-1]] == [4] * (len(found) - 1)
    assert found[-1]


def test_the_last_page_is_not_empty(small: None, ada: User) -> None:
    made = [post_of(ada, str(number)).pk for number in range(candidates.WINDOW)]
    found = list(pages(ada))
    assert [len(page) for page in found] == [4, 4, 2]
    assert sorted(chain(*found)) == made


def test_a_post_costs_its_author_the_same_however_many_follow(
    ada: User, django_assert_num_queries: Any
) -> None:
    unknown = create_user()
    for _ in range(5):
        follow(create_user(), ada)
    with CaptureQueriesContext(connection) as queries:
        post_of(unknown, "We won")
    with django_assert_num_queries(len(queries)):
        post_of(ada, "We won")


def test_strangers_reach_back_only_so_far(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    player, friend = create_user(), create_user()
    play(ada)
    play(player)
    follow(ada, friend)
    old, older = post_of(friend, "old friend"), post_of(player, "old stranger")
    monkeypatch.setattr(candidates, "REACH", 4)
    new = [post_of(player, str(number)).pk for number in range(5)]
    read = [post_id for page in pages(ada) for post_id in page]
    assert sorted(read) == [old.pk, *new]
    assert older.pk not in read


def test_a_cursor_is_of_one_player(ada: User) -> None:
    friend, other = create_user(), create_user()
    follow(ada, friend)
    for _ in range(21):
        post_of(friend)
    cursor = feed(ada.pk).next
    assert cursor
    assert len(cursor) <= 500
    for viewer_id, given in ((other.pk, cursor), (ada.pk, cursor[:-1]), (ada.pk, "x"), (ada.pk, "\0")):
        with pytest.raises(NotYourCursor):
            feed(viewer_id, given)
    assert len(feed(ada.pk, cursor).items) == 1


def test_a_cursor_says_the_place() -> None:
    for place in (Place(), Place(90, 10, None, (10, 12, 89)), Place(5, 0, 3)):
        assert feeds.read_cursor(7, feeds.write_cursor(7, place)) == place


def test_a_page_takes_four_queries(ada: User, django_assert_max_num_queries: object) -> None:
    friend = create_user()
    follow(ada, friend)
    for _ in range(25):
        post_of(friend)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        page = feed(ada.pk)
    assert len(page.items) == 20
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert len(feed(ada.pk, page.next or "").items) == 5


def nodes(plan: dict[str, object]) -> Iterator[dict[str, object]]:
    yield plan
    for child in plan.get("Plans", []):  # type: ignore[attr-defined]
        yield from nodes(child)


def test_no_table_is_read_from_end_to_end(ada: User) -> None:
    post_of(ada)
    with connection.cursor() as cursor:
        # Tables are small here: only where no index serves, a scan is left.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) {candidates.CANDIDATES}", candidates.parameters(ada.pk, Place())
        )
        found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    read = [node["Relation Name"] for node in nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    assert read == []
