"""The events that name you, for programs: pages by position, as JSON or one a line."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from apps.api.callers import Token, caller_of
from apps.api.problems import AHEAD, INVALID_VALUES, PRUNED, Problem
from apps.api.scopes import Scope
from apps.webhooks import feed

LINES = "application/x-ndjson"

router = Router(tags=["events"])


class Asked(Schema):
    """Which part of the events."""

    after: int | None = Field(
        None, ge=0, lt=2**63, description="`next` of the answer before; without it, from the first one kept."
    )
    types: str = Field("", max_length=2_000, description="Some types, by comma; without it, all of them.")
    limit: int = Field(100, ge=1, le=feed.LIMIT_MAX, description="How many events an answer has at most.")


class EventOut(Schema):
    """An event: what a webhook says of it, under the same id; `position` is its place in the order."""

    id: str
    position: int
    type: str
    timestamp: str
    data: dict[str, Any]


class EventsOut(Schema):
    """Events in their order, and the `after` of the next question; ask again later when there is no more."""

    items: list[EventOut]
    next: int
    has_more: bool


@router.get(
    "/events",
    response=EventsOut,
    auth=Token(Scope.EVENTS_READ),
    operation_id="list_events",
    openapi_extra={
        "responses": {
            200: {"content": {LINES: {"schema": {"$ref": "#/components/schemas/EventOut"}}}},
        }
    },
)
def events(request: HttpRequest, response: HttpResponse, asked: Query[Asked]) -> Any:
    """List the events that name you, as your webhooks tell them: by the same ids, so a gap can be closed.

    What others in them hide from you now is left out. With `Accept: application/x-ndjson` every event is a
    line, and the address of the next part is in `Link`. A position that was pruned is answered with 410, one
    that does not exist yet with 422.
    """
    caller = caller_of(request)
    try:
        types = feed.types_for(caller.scopes, [name for name in asked.types.split(",") if name])
        after = feed.start(asked.after)
    except ValueError as unknown:
        raise Problem(INVALID_VALUES, errors=[no_such_event(str(unknown))]) from None
    except feed.Pruned as error:
        raise Problem(PRUNED, str(error)) from None
    except feed.Ahead as error:
        raise Problem(AHEAD, str(error)) from None
    found = feed.read(caller.user.pk, types, after=after, limit=asked.limit)
    link = f'<{address_after(request, found.next)}>; rel="next"'
    if LINES in request.headers.get("Accept", ""):
        return HttpResponse(lines(found.items), content_type=LINES, headers={"Link": link})
    response.headers["Link"] = link
    items = [each.as_json() for each in found.items]
    return {"items": items, "next": found.next, "has_more": found.has_more}


def no_such_event(names: str) -> dict[str, str]:
    """Return what is wrong with the types that were asked for."""
    return {"pointer": "/query/types", "code": "unknown_type", "message": f"There is no such event: {names}."}


def address_after(request: HttpRequest, position: int) -> str:
    """Return where the next part is."""
    query = request.GET.copy()
    query["after"] = str(position)
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


def lines(items: Any) -> str:
    """Return events, one a line."""
    return "".join(json.dumps(each.as_json(), ensure_ascii=False) + "\n" for each in items)
