"""The follow graph: follow, ask, answer, block, mute.

Whoever changes what is between two players locks both profiles first, by id: a follow shares the lock with
other follows, a block or a change of privacy waits for it. So none decides by what is over already.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.user_profile.models import Block, Follow, FollowRequest, Mute, UserProfile
from apps.user_profile.selectors import privacy
from apps.user_profile.services import profiles


class CannotFollow(ValidationError):
    """Nobody follows himself, a player who is not there (or blocks him), or one who takes no followers."""


@transaction.atomic
def follow(*, follower_id: int, followed_id: int) -> Follow | FollowRequest:
    """Follow a player, or ask a private one; a second time it is the same row.

    Raises CannotFollow.
    """
    if follower_id == followed_id:
        raise CannotFollow("You cannot follow yourself.", code="self")
    profiles.hold([follower_id, followed_id])
    seen = privacy.seen_by(privacy.Viewer(follower_id), [followed_id])[followed_id]
    if not seen.shows(privacy.Part.CARD):
        # One who blocks looks like one who is not there.
        raise CannotFollow("There is no such player.", code="nobody")
    if seen.is_blocked:
        raise CannotFollow("You have blocked this player. Unblock them first.", code="blocked")
    if seen.is_followed:
        return Follow.objects.get(follower_id=follower_id, followed_id=followed_id)
    if not seen.may_follow:
        raise CannotFollow("This player takes no new followers.", code="refused")
    if seen.is_private:
        return _pending(follower_id, followed_id)
    _take_back(follower_id, followed_id)  # the account was private when he asked
    return Follow.objects.get_or_create(follower_id=follower_id, followed_id=followed_id)[0]


@transaction.atomic
def unfollow(*, follower_id: int, followed_id: int) -> bool:
    """Let a player follow another no longer, whichever of the two wants it; return whether he did."""
    profiles.hold([follower_id, followed_id])
    return _end(Follow.objects.filter(follower_id=follower_id, followed_id=followed_id))


@transaction.atomic
def cancel(*, follower_id: int, followed_id: int) -> FollowRequest:
    """Take a request back.

    Raises NoRequest.
    """
    return _answer(follower_id, followed_id, FollowRequest.Status.CANCELLED)


@transaction.atomic
def approve(*, follower_id: int, followed_id: int) -> Follow:
    """Let somebody follow who asked to.

    Raises NoRequest.
    """
    _answer(follower_id, followed_id, FollowRequest.Status.APPROVED)
    return Follow.objects.get_or_create(follower_id=follower_id, followed_id=followed_id)[0]


@transaction.atomic
def reject(*, follower_id: int, followed_id: int) -> FollowRequest:
    """Refuse somebody who asked to follow; he may ask again.

    Raises NoRequest.
    """
    return _answer(follower_id, followed_id, FollowRequest.Status.REJECTED)


@transaction.atomic
def block(*, user_id: int, blocked_id: int) -> Block:
    """Block a player, who sees nothing more; nothing is left between the two. Twice is once.

    Raises CannotBlock.
    """
    _somebody_else(user_id, blocked_id)
    _lock(user_id, blocked_id)
    return Block.objects.get_or_create(user_id=user_id, blocked_id=blocked_id)[0]


@transaction.atomic
def unblock(*, user_id: int, blocked_id: int) -> bool:
    """Take a block back; return whether there was one. Nobody follows again by that."""
    _lock(user_id, blocked_id)
    return _end(Block.objects.filter(user_id=user_id, blocked_id=blocked_id))


@transaction.atomic
def mute(*, user_id: int, muted_id: int) -> Mute:
    """Hear nothing more of a player, who does not learn of it. A second time changes nothing.

    Raises CannotBlock.
    """
    _somebody_else(user_id, muted_id)
    profiles.hold([user_id, muted_id])
    return Mute.objects.get_or_create(user_id=user_id, muted_id=muted_id)[0]


@transaction.atomic
def unmute(*, user_id: int, muted_id: int) -> bool:
    """Hear of a player again; return whether he was muted."""
    profiles.hold([user_id, muted_id])
    return _end(Mute.objects.filter(user_id=user_id, muted_id=muted_id))


@transaction.atomic
def end_all_between(first_id: int, second_id: int) -> None:
    """End that the two follow each other or ask to."""
    for follower_id, followed_id in ((first_id, second_id), (second_id, first_id)):
        _end(Follow.objects.filter(follower_id=follower_id, followed_id=followed_id))
        _take_back(follower_id, followed_id)


class NoRequest(ValidationError):
    """There is no request that waits for an answer: it was answered or taken back already."""

    def __init__(self) -> None:
        super().__init__("This request is no longer there.", code="no_request")


class CannotBlock(ValidationError):
    """Nobody blocks or mutes himself, or a player who is not there."""


def _somebody_else(user_id: int, other_id: int) -> None:
    if user_id == other_id:
        raise CannotBlock("That is you.", code="self")
    if not UserProfile.objects.filter(user_id=other_id).exists():
        raise CannotBlock("There is no such player.", code="nobody")


def _lock(*user_ids: int) -> None:
    """Lock profiles against follows and changes of privacy, by id."""
    rows = UserProfile.objects.filter(user_id__in=user_ids).order_by("user_id")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _pending(follower_id: int, followed_id: int) -> FollowRequest:
    return FollowRequest.objects.get_or_create(
        follower_id=follower_id, followed_id=followed_id, status=FollowRequest.Status.PENDING
    )[0]


def _request(follower_id: int, followed_id: int) -> FollowRequest | None:
    pending = FollowRequest.objects.pending().select_for_update()
    return pending.filter(follower_id=follower_id, followed_id=followed_id).first()


def _answer(follower_id: int, followed_id: int, status: FollowRequest.Status) -> FollowRequest:
    profiles.hold([follower_id, followed_id])
    request = _request(follower_id, followed_id)
    if request is None:
        raise NoRequest
    return _close(request, status)


def _close(request: FollowRequest, status: FollowRequest.Status) -> FollowRequest:
    request.status = status
    request.answered_at = timezone.now()
    request.save()
    return request


def _take_back(follower_id: int, followed_id: int) -> None:
    request = _request(follower_id, followed_id)
    if request is not None:
        _close(request, FollowRequest.Status.CANCELLED)


def _end(rows: QuerySet[Any]) -> bool:
    """Delete a row if it is there, and return whether it was; of two at once only one finds it."""
    row = rows.select_for_update().first()
    if row is not None:
        row.delete()
    return row is not None
