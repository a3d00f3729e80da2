"""Errors as `application/problem+json` (RFC 9457): every answer under /api/ that is not a success is one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.events import context

CONTENT_TYPE = "application/problem+json"
PLACE = "/developers/#problem-"
"""Where each kind is explained; `type` is this and the kind's code."""

type Errors = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of error: what its `type` ends with, its status, and what its reader can do."""

    code: str
    status: int
    title: str
    repair: str


INVALID_REQUEST = Kind("invalid-request", 400, "The request cannot be read", "Send valid HTTP and JSON.")
INVALID_CURSOR = Kind(
    "invalid-cursor", 400, "The cursor is not one of ours", "Take it from `next`, of this list, unchanged."
)
INVALID_KEY = Kind(
    "invalid-idempotency-key", 400, "The Idempotency-Key cannot be one", "Send 1 to 255 printable characters."
)
UNAUTHORIZED = Kind(
    "unauthorized", 401, "The token is not in force", "Make a token on your token page, send it as Bearer."
)
FORBIDDEN = Kind("insufficient-scope", 403, "The token may not do this", "Use a token with the named scope.")
NOT_YOURS = Kind("not-yours", 403, "This is not yours to do", "Ask who runs it, or the staff.")
NOT_FOUND = Kind("not-found", 404, "There is nothing here for you", "Hidden things answer like missing ones.")
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "The method is not allowed", "`Allow` lists those that are."
)
IN_PROGRESS = Kind(
    "request-in-progress", 409, "The same request is running", "Wait, then send it again with the same key."
)
PRECONDITION_FAILED = Kind(
    "precondition-failed", 412, "It has changed meanwhile", "Read it again, then change what you have read."
)
PRUNED = Kind(
    "position-pruned", 410, "The events after this position are gone", "Begin at the position in `detail`."
)
TOO_LARGE = Kind("too-large", 413, "The request is too large", "Send less.")
INVALID_VALUES = Kind("invalid-values", 422, "Some values cannot be accepted", "`errors` names each of them.")
AHEAD = Kind(
    "position-ahead", 422, "There is no such position yet", "Use `next` of the last answer, unchanged."
)
KEY_REUSED = Kind(
    "idempotency-key-reused", 422, "The key was used for another request", "Use a new key for a new request."
)
TOO_MANY = Kind(
    "too-many-requests", 429, "Too many requests", "Wait as long as `Retry-After` says, in seconds."
)
INTERNAL = Kind("internal-error", 500, "Something broke on our side", "Tell us the `request_id`.")
UNAVAILABLE = Kind(
    "unavailable", 503, "The site is closed for a moment", "Wait as long as `Retry-After` says."
)

KINDS = (
    INVALID_REQUEST, INVALID_CURSOR, INVALID_KEY, UNAUTHORIZED, FORBIDDEN, NOT_YOURS, NOT_FOUND,
    METHOD_NOT_ALLOWED,    IN_PROGRESS, PRECONDITION_FAILED, PRUNED, TOO_LARGE, INVALID_VALUES, AHEAD,
    KEY_REUSED,
    TOO_MANY, INTERNAL, UNAVAILABLE,
)  # fmt: skip
# Of the kinds with one status, what Django and others mean by it is the first.
BY_STATUS = {kind.status: kind for kind in reversed(KINDS)} | {422: INVALID_VALUES}


SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong, and what to do about it.",
    "required": ["type", "title", "status", "detail", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "description": "The kind, as an address that explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "request_id": {"type": "string", "description": "Tell it when you ask us about this."},
        "errors": {
            "type": "array",
            "items": {
                "title": "FieldError",
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where: `/query/limit`, `/body/ign`."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class Problem(Exception):
    """Raised anywhere below an endpoint, it becomes the answer."""

    def __init__(
        self, kind: Kind, detail: str = "", *, errors: Errors = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail or kind.title)
        self.kind = kind
        self.detail = detail or kind.repair
        self.errors = errors
        self.headers = headers or {}


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem as the answer to a request."""
    kind = problem.kind
    return HttpResponse(
        json.dumps(document(request, kind.code, kind.status, kind.title, problem.detail, problem.errors)),
        status=kind.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    """Return the problem that a bare status means."""
    kind = BY_STATUS.get(status)
    if kind is None:
        title = HTTPStatus(status).phrase
        kind = Kind(title.lower().replace(" ", "-"), status, title, title)
    return answer(request, Problem(kind))


def document(
    request: HttpRequest, code: str, status: int, title: str, detail: str, errors: Errors
) -> dict[str, Any]:
    """Return the members of a problem."""
    return {
        "type": PLACE + code,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": str(context.current().correlation_id or ""),
        "errors": list(errors),
    }
