"""The closed door: while MAINTENANCE is set, one page for every address, a problem for programs.

The database is asked nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from apps.api import problems
from apps.api.middleware import ROOT

RETRY_AFTER_S = 600
OPEN = "/health/"
"""What stays: a supervisor must neither kill nor replace a process that is only closed to visitors."""

HEADERS = {"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "no-store"}

Answer = Callable[[HttpRequest], HttpResponseBase]


class MaintenanceMiddleware:
    """Answers 503 with when to come back; WhiteNoise, before it, still serves the page's styles."""

    def __init__(self, get_response: Answer) -> None:
        """Step aside unless MAINTENANCE is set."""
        if not settings.MAINTENANCE:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Show the page; no session, user or message is asked for."""
        if request.path.startswith(OPEN):
            return self.get_response(request)
        if request.path.startswith(ROOT):
            return problems.answer(request, problems.Problem(problems.UNAVAILABLE, headers=HEADERS))
        return HttpResponse(render_to_string("503.html"), status=503, headers=HEADERS)
