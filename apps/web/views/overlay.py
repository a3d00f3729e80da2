"""What OBS shows: an overlay by its secret, and the same for its owner to look at before he goes live."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt, xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from apps.overlay import options, selectors
from apps.overlay.channels import OverlayTicket, channel_of
from apps.overlay.options import BadOptions, Options
from apps.overlay.selectors import Overlay
from apps.web.views.signed_in import signed_in

# It can load and send nothing but what it shows. Anybody may frame it: whoever has its secret may show it.
POLICY: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *([settings.LIVE_URL] if settings.LIVE_URL else [])],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
PREVIEW_POLICY = POLICY | {"frame-ancestors": [CSP.SELF]}


@xframe_options_exempt
@csp_override(POLICY)
@never_cache
@require_safe
def overlay(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an overlay. What is wrong with its address is said where the overlay would be."""
    found = selectors.by_secret(secret)
    if found is None:
        return refused(request, 404, {"": _("There is no such overlay, or it was revoked.")})
    stream = f"{settings.LIVE_URL}/live/overlay/{secret}/" if settings.LIVE_URL else ""
    return page(request, found, stream)


@login_required
@xframe_options_sameorigin
@csp_override(PREVIEW_POLICY)
@never_cache
@require_safe
def preview(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """Show one's own overlay to oneself; it looks again every few seconds."""
    found = selectors.overlays_with_subjects(signed_in(request)).filter(pk=overlay_id).first()
    if found is None:
        raise Http404(overlay_id)
    return page(request, found, "")


def page(request: HttpRequest, found: Overlay, stream: str) -> HttpResponse:
    """Answer with an overlay and how things stand; what is shown late is not told before its time."""
    query = request.GET.dict()
    try:
        asked = options.read(query, found)
    except BadOptions as bad:
        return refused(request, 400, bad.errors)
    context = {
        "options": asked,
        "stream": f"{stream}?{urlencode(query)}" if stream and query else stream,
        "state": first_state(found, asked),
    }
    return render(request, "web/overlay/page.html", context)


def first_state(found: Overlay, asked: Options) -> dict[str, Any]:
    """Return what the page shows before its stream says more."""
    channel = channel_of(found, asked)
    facts = None if asked.delay_s else channel.facts()
    noted = OverlayTicket(found.pk, asked).look("")
    return {
        "state": None if facts is None else channel.show(facts),
        "test": noted and noted.said,
        "seen": noted.seen if noted else "",
    }


def refused(request: HttpRequest, status: int, errors: Mapping[str, str]) -> HttpResponse:
    """Answer with what is wrong."""
    return render(request, "web/overlay/refused.html", {"errors": errors}, status=status)


@require_safe
@never_cache
def local_file(request: HttpRequest, secret: str) -> HttpResponse:
    """Hand out a file for OBS that shows the overlay as soon as the site can be reached, also later."""
    found = selectors.by_secret(secret)
    if found is None:
        return refused(request, 404, {"": _("There is no such overlay, or it was revoked.")})
    try:
        options.read(request.GET.dict(), found)
    except BadOptions as bad:
        return refused(request, 400, bad.errors)
    address = request.build_absolute_uri(request.path.removesuffix("local.html"))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    response = render(request, "web/overlay/local.html", {"address": address + query})
    response.headers["Content-Disposition"] = 'attachment; filename="deltacrown-overlay.html"'
    return response
