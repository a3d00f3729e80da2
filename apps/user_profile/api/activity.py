"""What a player did, as far as others may know."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from apps.api.callers import caller_of
from apps.api.pages import Page, Paging, page_of
from apps.user_profile import selectors
from apps.user_profile.models import UserActivity
from apps.user_profile.selectors.privacy import Part, viewer_of

router = Router()


class ActivityOut(Schema):
    """Something that a player did; `data` has the ids of what it is about, and what is known of it."""

    type: str
    occurred_at: datetime
    data: dict[str, Any]


@router.get("/@{username}/activity/", response=Page[ActivityOut], operation_id="list_activity")
def activity(request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]) -> Any:
    """List what a player did, the latest first, as far as you may know. Posts have a list of their own."""
    visit = selectors.visit(viewer_of(caller_of(request).user), username)
    if visit is None or not visit.seen.shows(Part.ACTIVITY_FEED):
        raise Http404(username)
    rows = selectors.activities_shown(visit.seen).exclude(event_type="POST_CREATED")

    def show(found: list[UserActivity]) -> list[dict[str, Any]]:
        return [
            {"type": each.event_type, "occurred_at": each.occurred_at, "data": each.event_data}
            for each in found
        ]

    return page_of(request, response, rows, paging, by=["-occurred_at", "-id"], show=show)
