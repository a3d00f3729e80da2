"""Pages that begin behind a row, so that the thousandth is as quick as the first."""

from django.http import HttpRequest


def after_of(request: HttpRequest, name: str = "after") -> int:
    """Return behind which row the page begins; 0 when the address does not say so."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def operator_id(request: HttpRequest) -> int:
    """Return who acts, behind the gate."""
    assert request.user.pk is not None
    return request.user.pk
