"""Everything that is the same for all answers under /api/, whoever gives them, errors included."""

from collections.abc import Callable

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.api import callers, conditional, endings, limits, problems
from apps.api.scopes import Scope
from apps.api.services import idempotency

ROOT = "/api/"
EXPOSED = (
    "Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "Sunset, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID"
)
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match, X-Request-ID",
    "Access-Control-Max-Age": "86400",
}

Answer = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """Finds out who asks, keeps the rate limits, and gives every answer its form.

    It stands outside of what only pages need, and inside of CorrelationMiddleware: every error names its id.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        # Whatever breaks below becomes a response, and that one becomes a problem.
        self.limited: Answer = convert_exception_to_response(self._limited)  # type: ignore[assignment]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request; one for a page is only passed on."""
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        asked_head = request.method == "HEAD"
        if asked_head:
            request.method = "GET"
        response = shaped(request, self.limited(request))
        if asked_head:
            drop_body(response)
        return response

    def _limited(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a caller who is within his limits."""
        refusal = None
        try:
            caller = callers.identify(request)
        except problems.Problem as problem:
            caller, refusal = callers.anybody(request), problem
        request.caller = caller  # type: ignore[attr-defined]
        request.user = caller.user
        taken = limits.take(caller.name, caller.tier)
        if taken.refused:
            refusal = problems.Problem(problems.TOO_MANY)
        response = problems.answer(request, refusal) if refusal else self._answer(request, caller)
        taken.tell(response)
        return response

    def _answer(self, request: HttpRequest, caller: callers.Caller) -> HttpResponseBase:
        """Answer a caller who may ask."""
        try:
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers=PREFLIGHT)
            if request.method == "GET":
                callers.require(caller, Scope.READ.value)
                return self.get_response(request)
            key = request.META.get("HTTP_IDEMPOTENCY_KEY")
            if key is None or not caller.user.is_authenticated:
                return self.get_response(request)
            return idempotency.answer_once(request, caller.user.pk, key, self.get_response)
        except problems.Problem as problem:
            return problems.answer(request, problem)


def shaped(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer the form that all answers have."""
    status = response.status_code
    if status >= 400:
        response = as_problem(request, response)
    elif status == 200 and request.method == "GET" and isinstance(response, HttpResponse):
        response = conditional.tagged(request, response)
    endings.tell(request, response)
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    headers["Cache-Control"] = "private, no-cache"
    headers["Vary"] = "Authorization, Cookie"
    return response


def as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return an error as a problem, with the headers that it had."""
    if response.headers.get("Content-Type") == problems.CONTENT_TYPE:
        return response
    problem = problems.of_status(request, response.status_code)
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length", "ETag"):
            problem.headers[name] = value
    return problem


def drop_body(response: HttpResponseBase) -> None:
    """Leave of an answer what HEAD is for."""
    if isinstance(response, HttpResponse):
        length = len(response.content)
        response.content = b""
        response.headers["Content-Length"] = str(length)
