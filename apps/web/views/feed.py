"""The feed of the signed-in player."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.community.selectors.candidates import heard_ids
from apps.community.selectors.feed import NotYourCursor
from apps.community.selectors.feed import feed as feed_of
from apps.web.forms.posts import PostForm
from apps.web.selectors.feed import pulse, wins
from apps.web.views.signed_in import signed_in

ORDERS = ("best", "latest")


@login_required
@never_cache
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Show what the player would want to read, or simply the latest of it."""
    order = request.GET.get("order", "best")
    order = order if order in ORDERS else "best"
    viewer_id, cursor = signed_in(request), request.GET.get("cursor", "")
    try:
        page = feed_of(viewer_id, cursor, latest=order == "latest")
    except NotYourCursor:
        messages.error(request, _("This page is not of your feed. Here it begins."))
        return redirect("web:feed")
    context = {
        "form": PostForm(),
        "page": page,
        "order": order,
        "section": "feed",
        "noindex": True,
        "title": _("Your feed"),
        "description": _("From players you follow and your teammates, and from who plays what you play."),
    }
    if not cursor:
        context["wins"] = lines = wins(viewer_id, heard_ids(viewer_id))
        if settings.LIVE_URL:
            context["watch"] = {"channel": f"feed:{viewer_id}", "pulse": pulse(viewer_id, lines)}
    return render(request, "web/pages/posts/feed.html", context)
