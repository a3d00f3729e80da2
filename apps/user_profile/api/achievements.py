"""What a player has achieved."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from apps.api.callers import caller_of
from apps.user_profile import selectors
from apps.user_profile.selectors.achievements import held_by
from apps.user_profile.selectors.privacy import Part, viewer_of

router = Router()


class AchievementOut(Schema):
    """An achievement that a player has; `code` never changes, the texts may."""

    code: str
    title: str
    description: str
    rarity: str
    unlocked_at: datetime


@router.get("/@{username}/achievements/", response=list[AchievementOut], operation_id="list_achievements")
def achievements(request: HttpRequest, username: str) -> Any:
    """List what a player has achieved, the latest first. What was revoked is not there."""
    visit = selectors.visit(viewer_of(caller_of(request).user), username)
    if visit is None or not visit.seen.shows(Part.ACHIEVEMENTS):
        raise Http404(username)
    return [
        {
            "code": one.achievement.code,
            "title": str(one.achievement.title),
            "description": str(one.achievement.description),
            "rarity": one.achievement.rarity.value,
            "unlocked_at": one.unlocked_at,
        }
        for one in held_by(visit.seen, visit.held)
    ]
