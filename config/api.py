"""The public API: every app's endpoints under /api/v1/, and what they make of errors."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from apps.api import problems
from apps.api.openapi import documented
from apps.api.problems import Problem
from apps.community.api import router as community
from apps.community.reports_api import router as reports
from apps.economy.api import router as economy
from apps.games.api import router as games
from apps.gamification.api import router as gamification
from apps.notifications.api import router as notifications
from apps.teams.api import router as teams
from apps.tournaments.api import router as tournaments
from apps.user_profile.api import profiles
from apps.user_profile.api import router as user_profile
from apps.webhooks.api import router as events

type Handler = Callable[[HttpRequest, Any], HttpResponse]

VERSION = "1.0.0"
DESCRIPTION = """Players, teams and tournaments of DeltaCrown.

Reading needs no token: you see what the players let anybody see. With a personal token you read as yourself
and may change your own. Answers of a version only ever grow: tolerate fields you do not know. Every error is
`application/problem+json`."""

api = NinjaAPI(
    title="DeltaCrown API",
    version=VERSION,
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)
api.add_router("/games", games)
api.add_router("", user_profile)
api.add_router("", notifications)
api.add_router("", teams)
api.add_router("", tournaments)
api.add_router("", community)
api.add_router("", reports)
api.add_router("", economy)
api.add_router("", gamification)
api.add_router("", events)

# The roadmap's address: the same document, without a version.
unversioned = NinjaAPI(urls_namespace="api-unversioned", docs_url=None, openapi_url=None)
unversioned.add_router("/profiles", profiles)


def on(error: type[Exception]) -> Callable[[Handler], Handler]:
    """Answer an error so, at both addresses."""

    def register(handler: Handler) -> Handler:
        for each in (api, unversioned):
            each.add_exception_handler(error, handler)
        return handler

    return register


@on(Problem)
def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer what an endpoint raised."""
    return problems.answer(request, problem)


@on(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer that there is nothing."""
    return problems.of_status(request, 404)


@on(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what ninja found wrong with the request itself."""
    return problems.of_status(request, error.status_code)


@on(ValidationError)
def on_wrong_values(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name every parameter and field that is wrong."""
    errors = [
        {"pointer": pointer(each["loc"]), "code": each["type"], "message": each["msg"]}
        for each in error.errors
    ]
    return problems.answer(request, Problem(problems.INVALID_VALUES, errors=errors))


@on(DataError)
def on_values_no_row_can_hold(request: HttpRequest, error: DataError) -> HttpResponse:
    """Answer what the database would not even compare with: a NUL character, a number beyond all numbers."""
    return problems.of_status(request, 422)


@on(Invalid)
def on_refused_values(request: HttpRequest, error: Invalid) -> HttpResponse:
    """Name every field that a service refused."""
    fields = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    errors = [
        {
            "pointer": pointer(("body", name) if name and name != "__all__" else ("body",)),
            "code": each.code or "invalid",
            "message": message,
        }
        for name, found in fields.items()
        for each in found
        for message in each.messages
    ]
    return problems.answer(request, Problem(problems.INVALID_VALUES, errors=errors))


def pointer(place: tuple[Any, ...]) -> str:
    """Return where a value stands: `/query/limit`, `/body/ign`. Ninja names the parameter of a body, too."""
    parts = [str(part) for part in place]
    if parts[:1] == ["body"] and len(parts) > 1 and parts[1] in ("data", "payload"):
        del parts[1]
    return "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return documented(api)
