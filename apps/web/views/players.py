"""The pages of a player."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import players


@require_safe
def player(request: HttpRequest, username: str) -> HttpResponse:
    """Show a player; another spelling of the name leads to the one he chose.

    The redirect is temporary: he may change the capitals later, and browsers keep permanent ones.
    """
    page = players.player_page(username, viewer_of(request.user))
    if page is None:
        raise Http404(username)
    if page.player.username != username:
        return redirect("web:player", page.player.username)
    picture = page.player.avatar_url
    context = {
        "page": page,
        "title": f"{page.player.display_name} (@{page.player.username})",
        "description": _("%(name)s on DeltaCrown: matches, teams and tournaments.")
        % {"name": page.player.display_name},
        "og_type": "profile",
        "og_username": page.player.username,
        "og_image": picture and request.build_absolute_uri(picture),
        "noindex": page.is_private,
    }
    return render(request, "web/pages/player.html", context)
