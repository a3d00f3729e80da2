"""What identity does around every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.user_profile.services import staff_looks


class StaffLookMiddleware:
    """Writes down what staff saw that was hidden, before the answer is sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write the looks down."""
        with staff_looks.noting():
            return self.get_response(request)
