"""What players uploaded, for a site without a proxy that serves it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

MAX_AGE_S = 365 * 24 * 3600
"""A file never changes: another picture has another name."""


@require_safe
@cache_control(public=True, max_age=MAX_AGE_S, immutable=True)
def served(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a file below MEDIA_ROOT; a path that leads out of it is not found."""
    return serve(request, path, document_root=settings.MEDIA_ROOT)
