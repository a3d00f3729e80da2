"""Where a page learns of the stream that tells it of changes."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.live import channels, tokens


@require_safe
@never_cache
def stream(request: HttpRequest) -> JsonResponse:
    """Return the address of a channel's stream, good for one viewer to connect to within ten minutes."""
    kind, _, subject = request.GET.get("channel", "").partition(":")
    known = kind in channels.kinds and channels.kinds[kind].accepts(subject)
    if not known or not settings.LIVE_URL:
        raise Http404(kind)
    viewer_id = request.user.pk if request.user.is_authenticated else None
    token = tokens.issue(kind, subject, viewer_id)
    return JsonResponse({"url": f"{settings.LIVE_URL}/live/{token}/"})
