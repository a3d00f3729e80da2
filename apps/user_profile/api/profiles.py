"""The profile document: `/profiles/@<username>/`."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from ninja import Router, Schema

from apps.api import answers
from apps.api.callers import caller_of
from apps.user_profile import selectors
from apps.user_profile.selectors.document import Document, document_at, document_of
from apps.user_profile.selectors.privacy import Part, Viewer, viewer_of

router = Router()


class PassportInProfile(Schema):
    """Who a player is in a game."""

    game: str
    ign: str
    current_rank: str | None
    is_lft: bool


class ProfileStats(Schema):
    """What a player has done so far."""

    tournaments_played: int | None
    matches_won: int | None
    follower_count: int | None


class ProfilePrivacy(Schema):
    """What the caller may see and do."""

    is_private: bool
    can_view_game_ids: bool
    can_view_achievements: bool
    can_view_activity: bool
    can_view_followers: bool
    can_send_message: bool
    can_follow: bool


class ProfileOut(Schema):
    """A player as the caller may see him: what is hidden or unset is null, or an empty list."""

    username: str
    display_name: str
    avatar_url: str | None
    bio: str | None
    public_id: str | None
    country: str | None
    game_passports: list[PassportInProfile]
    stats: ProfileStats
    privacy: ProfilePrivacy


@router.get("/@{username}/", response=ProfileOut, operation_id="get_profile")
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """Show a player, in any spelling of the username, as you may see him; a former one redirects (302)."""
    viewer = viewer_of(caller_of(request).user)
    document = document_at(viewer, username)
    if document is None:
        return HttpResponseRedirect(f"../@{username_now(viewer, username)}/")
    return answers.sent(body_of(request, document))


def username_now(viewer: Viewer, former: str) -> str:
    """Return what a player is called who left this username. Raises Http404 when the viewer sees none."""
    user_id = selectors.id_showing(viewer, former, Part.CARD)
    document = document_of(viewer, user_id) if user_id is not None else None
    if document is None or document["username"].lower() == former.lower():
        raise Http404(former)
    username: str = document["username"]
    return username


def body_of(request: HttpRequest, document: Document) -> bytes:
    """Return a profile as it is sent, with addresses that work from everywhere."""
    if document["avatar_url"]:
        document["avatar_url"] = request.build_absolute_uri(document["avatar_url"])
    return answers.body_of(document)
