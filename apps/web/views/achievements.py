"""The page of a player's achievements."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors.achievements import achievements_page


@require_safe
def achievements(request: HttpRequest, username: str) -> HttpResponse:
    """Show what a player has achieved; to himself also how far he is from the rest."""
    page = achievements_page(username, viewer_of(request.user))
    if page is None:
        raise Http404(username)
    if page.player.username != username:
        return redirect("web:achievements", page.player.username)
    name = {"name": page.player.display_name}
    context = {
        "page": page,
        "title": _("Achievements of %(name)s") % name,
        "description": _("What %(name)s has achieved on DeltaCrown.") % name,
        "noindex": page.seen.is_private,
    }
    return render(request, "web/pages/achievements.html", context)
