"""Pictures that are drawn from their address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.web.art.avatars import avatar_svg
from apps.web.art.crests import LETTERS_MAX, crest_svg

PICTURE_MAX_AGE_S = 365 * 24 * 3600
"""A generated picture never changes: its address is made of all that it shows."""


@require_safe
@cache_control(public=True, max_age=PICTURE_MAX_AGE_S, immutable=True)
def avatar(request: HttpRequest, key: str) -> HttpResponse:
    """Draw a player's generated picture."""
    return HttpResponse(avatar_svg(key), content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=PICTURE_MAX_AGE_S, immutable=True)
def crest(request: HttpRequest, key: str, letters: str) -> HttpResponse:
    """Draw a team's generated crest."""
    if len(letters) > LETTERS_MAX or not letters.isprintable():
        raise Http404(letters)
    return HttpResponse(crest_svg(key, letters), content_type="image/svg+xml")
