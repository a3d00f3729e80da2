"""Gives every request a correlation id, carried by its events and log lines."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.events import context, emit

HEADER = "X-Request-ID"
META = "HTTP_X_REQUEST_ID"
"""Where WSGI puts it; `request.headers` would first make a mapping of all headers."""


class CorrelationMiddleware:
    """Names the request and its user in every event; a receiver's swallowed failure becomes a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request inside a context of its own."""
        correlation_id = requested_id(request) or uuid.uuid4()
        with (
            context.acting(actor=lambda: request.user.pk, correlation_id=correlation_id),
            emit.noting_failures() as failures,
        ):
            response = self.get_response(request)
            if failures.errors and response.status_code < 500:
                raise failures.errors[0]
        response[HEADER] = str(correlation_id)
        return response


def requested_id(request: HttpRequest) -> uuid.UUID | None:
    """Return the caller's own id when it is a UUID."""
    told = request.META.get(META)
    if told is None:
        return None
    try:
        return uuid.UUID(told)
    except ValueError:
        return None
