"""Reports, for programs."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.schemas import Strict
from apps.api.scopes import Scope
from apps.community.models import Report, Verb
from apps.community.selectors import moderation as cases
from apps.community.selectors.subjects import NoSuchSubject
from apps.community.services import moderation

router = Router(tags=["reports"])


class ReportIn(Strict):
    """What is wrong with what. `id` is that of the post or comment; a player is named by his username."""

    about: Literal["post", "comment", "player"]
    id: str = Field(min_length=1, max_length=40)
    reason: Literal["SPAM", "HARASSMENT", "HATE", "CHEATING", "IMPERSONATION", "ILLEGAL", "OTHER"]
    text: str = Field("", max_length=500)


class ReportOut(Schema):
    """A report of yours. `outcome` is null while it waits, else whether something was done."""

    id: str
    about: str
    reason: str
    text: str
    outcome: Literal["acted", "dismissed"] | None
    created_at: datetime


@router.post(
    "/reports/", response={201: ReportOut}, auth=Token(Scope.REPORTS_WRITE), operation_id="create_report"
)
def create_report(request: HttpRequest, data: ReportIn) -> Any:
    """Report something; while a report of yours about the same waits, it stays the one it is."""
    try:
        made = moderation.report(
            reporter_id=caller_of(request).user.pk,
            subject=f"{data.about}:{subject_key(data)}",
            reason=data.reason,
            text=data.text,
        )
    except NoSuchSubject as error:
        raise Http404(data.id) from error
    return Status(201, _report(made))


@router.get("/me/reports/", response=Page[ReportOut], auth=Token(Scope.READ), operation_id="list_my_reports")
def my_reports(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List what you reported, the latest first."""
    rows = cases.reports_of(caller_of(request).user.pk)
    return page_of(
        request, response, rows, paging, by=["-id"], show=lambda found: [_report(each) for each in found]
    )


def subject_key(data: ReportIn) -> str:
    """Return the id in a subject's name; of a player, by his username."""
    return str(cases.player_id(data.id) or "") if data.about == "player" else data.id


def _report(each: Report) -> dict[str, Any]:
    closed = each.closed_by
    return {
        "id": str(each.pk),
        "about": each.subject.partition(":")[0],
        "reason": each.reason,
        "text": each.text,
        "outcome": None if closed is None else "dismissed" if closed.verb == Verb.DISMISS else "acted",
        "created_at": each.created_at,
    }
