"""The follow graph: rows and events exactly, and on refusal nothing of either."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.events.testing import emitted
from apps.user_profile.models import Block, Follow, FollowCounts, FollowRequest, Mute, User
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

pytestmark = pytest.mark.django_db

NOBODY = 10**9


@pytest.fixture
def ada() -> User:
    return create_user("ada")


@pytest.fixture
def bela() -> User:
    return create_user("bela")


def edge(follower: User, followed: User) -> dict[str, int]:
    return {"follower_id": follower.pk, "followed_id": followed.pk}


def counts(user: User) -> tuple[int, int]:
    row = FollowCounts.objects.get(user=user)
    return row.follower_count, row.following_count


def test_follow_and_unfollow(ada: User, bela: User) -> None:
    with emitted() as events:
        first = follows.follow(**edge(ada, bela))
        assert follows.follow(**edge(ada, bela)) == first
    assert events == [("user_followed", edge(ada, bela))]
    assert (counts(ada), counts(bela)) == ((0, 1), (1, 0))
    with emitted() as events:
        assert follows.unfollow(**edge(ada, bela))
        assert not follows.unfollow(**edge(ada, bela))
    assert events == [("user_unfollowed", edge(ada, bela))]
    assert (counts(ada), counts(bela)) == ((0, 0), (0, 0))
    assert not Follow.objects.exists()


def test_every_path_announces(ada: User, bela: User) -> None:
    with emitted() as events:
        Follow.objects.create(**edge(ada, bela))
        Follow.objects.bulk_create([Follow(**edge(bela, ada))])
        Follow.objects.all().delete()
    assert [event.event_type for event in events] == ["user_followed"] * 2 + ["user_unfollowed"] * 2
    assert (counts(ada), counts(bela)) == ((0, 0), (0, 0))


def test_the_row_itself_refuses_what_cannot_be(ada: User, bela: User) -> None:
    Follow.objects.create(**edge(ada, bela))
    for follower, followed in ((ada, ada), (ada, bela)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(**edge(follower, followed))


def refused(match: str, **edge: int) -> None:
    with emitted() as events, pytest.raises(ValidationError, match=match):
        follows.follow(**edge)
    assert events == []
    assert not Follow.objects.exists()
    assert not FollowRequest.objects.exists()


def test_nobody_follows_himself_or_nobody(ada: User) -> None:
    refused("cannot follow yourself", **edge(ada, ada))
    refused("no such player", follower_id=ada.pk, followed_id=NOBODY)


def test_one_who_blocks_looks_like_nobody(ada: User, bela: User) -> None:
    follows.block(user_id=bela.pk, blocked_id=ada.pk)
    refused("no such player", **edge(ada, bela))
    refused("Unblock them first", **edge(bela, ada))


def test_who_takes_no_followers(ada: User, bela: User) -> None:
    update(user_id=bela.pk, allow_friend_requests=False)
    refused("takes no new followers", **edge(ada, bela))


# Requests.


def test_a_private_account_is_asked(ada: User, bela: User) -> None:
    update(user_id=bela.pk, is_private_account=True)
    with emitted() as events:
        request = follows.follow(**edge(ada, bela))
        assert follows.follow(**edge(ada, bela)) == request
    assert events == [("follow_requested", edge(ada, bela))]
    assert not Follow.objects.exists()
    with emitted() as events:
        follows.approve(**edge(ada, bela))
    assert events == [("follow_request_approved", edge(ada, bela)), ("user_followed", edge(ada, bela))]
    assert counts(bela) == (1, 0)


def test_unfollow_and_request_again(ada: User, bela: User) -> None:
    update(user_id=bela.pk, is_private_account=True)
    for _ in range(2):
        follows.follow(**edge(ada, bela))
        follows.approve(**edge(ada, bela))
        assert Follow.objects.filter(**edge(ada, bela)).exists()
        follows.unfollow(**edge(ada, bela))
    assert FollowRequest.objects.filter(status="APPROVED").count() == 2


@pytest.mark.parametrize("answer", ["reject", "cancel"])
def test_a_request_that_is_refused_or_taken_back(ada: User, bela: User, answer: str) -> None:
    update(user_id=bela.pk, is_private_account=True)
    follows.follow(**edge(ada, bela))
    with emitted() as events:
        request = getattr(follows, answer)(**edge(ada, bela))
    assert events == [(f"follow_request_{request.status.lower()}", edge(ada, bela))]
    for again in (follows.approve, follows.reject, follows.cancel):
        with pytest.raises(follows.NoRequest):
            again(**edge(ada, bela))
    assert not Follow.objects.exists()
    assert follows.follow(**edge(ada, bela)).status == "PENDING"


def test_a_request_needs_no_answer_once_the_account_is_public(ada: User, bela: User) -> None:
    update(user_id=bela.pk, is_private_account=True)
    follows.follow(**edge(ada, bela))
    update(user_id=bela.pk, is_private_account=False)
    follows.follow(**edge(ada, bela))
    assert Follow.objects.filter(**edge(ada, bela)).exists()
    assert not FollowRequest.objects.pending().exists()


def test_who_follows_stays_when_the_account_becomes_private(ada: User, bela: User) -> None:
    first = follows.follow(**edge(ada, bela))
    update(user_id=bela.pk, is_private_account=True)
    assert follows.follow(**edge(ada, bela)) == first


# Block and mute.


def test_a_block_ends_everything_between_two(ada: User, bela: User) -> None:
    follows.follow(**edge(ada, bela))
    update(user_id=ada.pk, is_private_account=True)
    follows.follow(**edge(bela, ada))
    with emitted() as events:
        follows.block(user_id=ada.pk, blocked_id=bela.pk)
        follows.block(user_id=ada.pk, blocked_id=bela.pk)
    assert events == [
        ("user_blocked", {"user_id": ada.pk, "blocked_id": bela.pk}),
        ("user_unfollowed", edge(ada, bela)),
        ("follow_request_cancelled", edge(bela, ada)),
    ]
    with emitted() as events:
        assert follows.unblock(user_id=ada.pk, blocked_id=bela.pk)
        assert not follows.unblock(user_id=ada.pk, blocked_id=bela.pk)
    assert events == [("user_unblocked", {"user_id": ada.pk, "blocked_id": bela.pk})]
    assert not Follow.objects.exists()


def test_a_block_by_any_path_ends_it(ada: User, bela: User) -> None:
    follows.follow(**edge(ada, bela))
    Block.objects.create(user=bela, blocked=ada)
    assert not Follow.objects.exists()
    assert counts(bela) == (0, 0)


def test_mute(ada: User, bela: User) -> None:
    pair = {"user_id": ada.pk, "muted_id": bela.pk}
    with emitted() as events:
        follows.mute(**pair)
        follows.mute(**pair)
        assert follows.unmute(**pair)
        assert not follows.unmute(**pair)
    assert events == [("user_muted", pair), ("user_unmuted", pair)]
    assert not Mute.objects.exists()


@pytest.mark.parametrize("other_id", [0, NOBODY])
def test_nobody_is_blocked_or_muted(ada: User, other_id: int) -> None:
    for refused in (
        lambda: follows.block(user_id=ada.pk, blocked_id=other_id or ada.pk),
        lambda: follows.mute(user_id=ada.pk, muted_id=other_id or ada.pk),
    ):
        with emitted() as events, pytest.raises(follows.CannotBlock):
            refused()
        assert events == []


# Two acts at once.


@pytest.mark.django_db(transaction=True)
def test_two_follows_at_once_are_one() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    with emitted() as events, other_threads(2) as start:
        for done in [start(follows.follow, **edge(ada, bela)) for _ in range(2)]:
            done.result()
    assert events == [("user_followed", edge(ada, bela))]


@pytest.mark.django_db(transaction=True)
def test_two_unfollows_at_once_are_one() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    follows.follow(**edge(ada, bela))
    with emitted() as events, other_threads() as start:
        with transaction.atomic():
            follows.unfollow(**edge(ada, bela))
            other = start(follows.unfollow, **edge(ada, bela))
            wait_until_somebody_waits_for_us()
        assert other.result() is False
    assert events == [("user_unfollowed", edge(ada, bela))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "meanwhile", ["block", "no more followers", "private"], ids=lambda name: name.replace(" ", "-")
)
def test_a_follow_waits_for_what_may_forbid_it(meanwhile: str) -> None:
    ada, bela = create_user("ada"), create_user("bela")
    acts: dict[str, Any] = {
        "block": lambda: follows.block(user_id=bela.pk, blocked_id=ada.pk),
        "no more followers": lambda: update(user_id=bela.pk, allow_friend_requests=False),
        "private": lambda: update(user_id=bela.pk, is_private_account=True),
    }
    with other_threads() as start:
        with transaction.atomic():
            acts[meanwhile]()
            other = start(follows.follow, **edge(ada, bela))
            wait_until_somebody_waits_for_us()
        if meanwhile == "private":
            assert isinstance(other.result(), FollowRequest)
        else:
            with pytest.raises(follows.CannotFollow):
                other.result()
    assert not Follow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_block_waits_for_a_follow_and_ends_it() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    with other_threads() as start:
        with transaction.atomic():
            follows.follow(**edge(ada, bela))
            other = start(follows.block, user_id=bela.pk, blocked_id=ada.pk)
            wait_until_somebody_waits_for_us()
        other.result()
    assert not Follow.objects.exists()
