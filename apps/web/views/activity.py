"""The page of all that a player did."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors.activity_page import activity_page


@never_cache
@require_safe
def activity(request: HttpRequest, username: str) -> HttpResponse:
    """Tell what a player did, the latest first; to himself also what is for him alone."""
    page = activity_page(username, viewer_of(request.user), request.GET.get("before", ""))
    if page is None:
        raise Http404(username)
    if page.player.username != username:
        return redirect("web:activity", page.player.username)
    name = {"name": page.player.display_name}
    context = {
        "page": page,
        "noindex": True,
        "title": _("Activity of %(name)s") % name,
        "description": _("What %(name)s did on DeltaCrown, the latest first.") % name,
    }
    return render(request, "web/pages/activity.html", context)
