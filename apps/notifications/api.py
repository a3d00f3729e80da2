"""What one is told, for programs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.schemas import Strict
from apps.api.scopes import Scope
from apps.notifications import kinds, selectors
from apps.notifications.selectors import Line
from apps.notifications.services import hours, preferences
from apps.notifications.services import notifications as service
from apps.notifications.services.hours import Times
from apps.notifications.services.preferences import Wish
from apps.user_profile.selectors.privacy import viewer_of

ID_MAX = 2**63 - 1

router = Router(tags=["notifications"])


class NotificationOut(Schema):
    """One line. What shares a `thread` is told together, as in “Ada and 12 others like your post.”

    `actor` is the username of who did it; null where nobody did, or where you may not see who.
    """

    id: str
    kind: str
    thread: str
    text: str
    actor: str | None
    url: str | None
    is_read: bool
    occurred_at: datetime


class UnreadOut(Schema):
    """How many lines you have not read."""

    count: int


class ReadIn(Strict):
    """Up to which notification all is read: the newest that you were shown."""

    up_to: str = Field(pattern=r"^[0-9]{1,18}$")


class PreferenceOut(Schema):
    """Where you are told of a kind."""

    kind: str
    category: str
    in_app: bool
    by_email: bool


class PreferenceIn(Strict):
    """Where you want to be told of a kind."""

    in_app: bool
    by_email: bool


class HoursOut(Schema):
    """When your e-mails leave, by the clock of a time zone of the IANA list.

    `is_daily`: all of a day in one e-mail, at the hour `daily_at`. From the hour `quiet_from` to
    `quiet_until` nothing leaves; both are null where there are no such hours. What is urgent leaves at once
    all the same.
    """

    time_zone: str
    is_daily: bool
    daily_at: int
    quiet_from: int | None
    quiet_until: int | None


class HoursIn(Strict):
    """When you want your e-mails."""

    time_zone: str = Field(max_length=64)
    is_daily: bool
    daily_at: int = Field(ge=0, le=23)
    quiet_from: int | None = Field(ge=0, le=23)
    quiet_until: int | None = Field(ge=0, le=23)


@router.get(
    "/me/notifications/",
    response=Page[NotificationOut],
    auth=Token(Scope.READ),
    operation_id="list_notifications",
)
def my_notifications(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List what you were told and still holds, the latest first."""
    user = caller_of(request).user
    rows = selectors.notifications_of(user.pk)

    def show(found: list[Any]) -> list[dict[str, Any]]:
        return [_line(each) for each in selectors.single_lines(viewer_of(user), found)]

    return page_of(request, response, rows, paging, by=["-id"], show=show)


@router.get(
    "/me/notifications/unread/",
    response=UnreadOut,
    auth=Token(Scope.READ),
    operation_id="count_unread_notifications",
)
def unread(request: HttpRequest) -> Any:
    """Count what you have not read; what is told together counts once."""
    return {"count": selectors.unread_count(caller_of(request).user.pk)}


@router.post(
    "/me/notifications/reading/",
    response={204: None},
    auth=Token(Scope.NOTIFICATIONS_WRITE),
    operation_id="read_notifications",
)
def read_all(request: HttpRequest, data: ReadIn) -> Any:
    """Mark all up to a notification as read; what came since stays unread."""
    service.mark_all_read(recipient_id=caller_of(request).user.pk, up_to_id=int(data.up_to))
    return Status(204, None)


@router.put(
    "/me/notifications/{int:notification_id}/reading/",
    response={204: None},
    auth=Token(Scope.NOTIFICATIONS_WRITE),
    operation_id="read_notification",
)
def read(request: HttpRequest, notification_id: int) -> Any:
    """Mark a notification as read, with what is told together with it and came before."""
    found = notification_id <= ID_MAX and service.mark_read(
        recipient_id=caller_of(request).user.pk, notification_id=notification_id
    )
    if not found:
        raise Http404(notification_id)
    return Status(204, None)


@router.get(
    "/me/notifications/preferences/",
    response=list[PreferenceOut],
    auth=Token(Scope.READ),
    operation_id="list_notification_preferences",
)
def my_preferences(request: HttpRequest) -> Any:
    """List every kind of notification, and where you are told of it."""
    wishes = preferences.wishes_of(caller_of(request).user.pk)
    return [_preference(code, wish) for code, wish in wishes.items()]


@router.put(
    "/me/notifications/preferences/{kind}/",
    response=PreferenceOut,
    auth=Token(Scope.NOTIFICATIONS_WRITE),
    operation_id="set_notification_preference",
)
def set_preference(request: HttpRequest, kind: str, data: PreferenceIn) -> Any:
    """Say where you want to be told of a kind."""
    if kind not in kinds.known:
        raise Http404(kind)
    wish = Wish(data.in_app, data.by_email)
    preferences.choose(caller_of(request).user.pk, {kind: wish})
    return _preference(kind, wish)


@router.get(
    "/me/notifications/hours/",
    response=HoursOut,
    auth=Token(Scope.READ),
    operation_id="get_notification_hours",
)
def my_hours(request: HttpRequest) -> Any:
    """Say when your e-mails leave."""
    return asdict(hours.times_of(caller_of(request).user.pk))


@router.put(
    "/me/notifications/hours/",
    response=HoursOut,
    auth=Token(Scope.NOTIFICATIONS_WRITE),
    operation_id="set_notification_hours",
)
def set_hours(request: HttpRequest, data: HoursIn) -> Any:
    """Say when you want your e-mails."""
    wanted = Times(**data.dict())
    hours.choose(caller_of(request).user.pk, wanted)
    return asdict(wanted)


def _preference(code: str, wish: Wish) -> dict[str, Any]:
    return {
        "kind": code,
        "category": kinds.of(code).category.value,
        "in_app": wish.in_app,
        "by_email": wish.by_email,
    }


def _line(each: Line) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "kind": each.kind,
        "thread": each.thread,
        "text": each.plain,
        "actor": each.actor.username if each.actor else None,
        "url": each.url or None,
        "is_read": each.is_read,
        "occurred_at": each.occurred_at,
    }
