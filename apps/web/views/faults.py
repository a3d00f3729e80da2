"""What is said to a request that cannot be answered."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say whether it was too large or made no sense; nothing of what was sent is repeated."""
    too_large = isinstance(exception, TOO_LARGE)
    return render(None, "400.html", {"too_large": too_large}, status=413 if too_large else 400)


def not_found(request: HttpRequest) -> HttpResponse:
    """Answer at an address that a library has and this site has not."""
    raise Http404(request.path)
