"""Who asks, behind `login_required`."""

from django.http import HttpRequest


def signed_in(request: HttpRequest) -> int:
    """Return who is signed in."""
    assert request.user.pk is not None
    return request.user.pk
