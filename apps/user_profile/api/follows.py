"""Who follows a player, and whom he follows."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.user_profile import selectors
from apps.user_profile.models import Follow
from apps.user_profile.selectors.privacy import Part, seen_by, viewer_of

router = Router()


class FollowOut(Schema):
    """A player in a list of followers."""

    username: str
    display_name: str
    avatar_url: str | None
    followed_at: datetime


@router.get("/@{username}/followers/", response=Page[FollowOut], operation_id="list_followers")
def followers(request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]) -> Any:
    """List who follows a player, the latest first. Players who are hidden from you are left out."""
    return _list(
        request, response, username, paging, whose="followed", who="follower", part=Part.FOLLOWERS_LIST
    )


@router.get("/@{username}/following/", response=Page[FollowOut], operation_id="list_following")
def following(request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]) -> Any:
    """List whom a player follows, the latest first. Players who are hidden from you are left out."""
    return _list(
        request, response, username, paging, whose="follower", who="followed", part=Part.FOLLOWING_LIST
    )


def _list(
    request: HttpRequest,
    response: HttpResponse,
    username: str,
    paging: Paging,
    *,
    whose: str,
    who: str,
    part: Part,
) -> dict[str, Any]:
    viewer = viewer_of(caller_of(request).user)
    user_id = selectors.id_showing(viewer, username, part)
    if user_id is None:
        raise Http404(username)
    rows = Follow.objects.filter(**{f"{whose}_id": user_id}).select_related(f"{who}__userprofile")

    def show(follows: list[Follow]) -> list[dict[str, Any]]:
        seen = seen_by(viewer, [getattr(each, f"{who}_id") for each in follows])
        shown = [each for each in follows if seen[getattr(each, f"{who}_id")].shows(Part.CARD)]
        return [_shown(request, each, getattr(each, who)) for each in shown]

    return page_of(request, response, rows, paging, by=["-id"], show=show)


def _shown(request: HttpRequest, follow: Follow, user: Any) -> dict[str, Any]:
    url = user.userprofile.avatar_url
    return {
        "username": user.username,
        "display_name": user.userprofile.display_name,
        "avatar_url": request.build_absolute_uri(url) if url else None,
        "followed_at": follow.created_at,
    }
