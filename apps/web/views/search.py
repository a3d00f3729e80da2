"""Search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.user_profile.selectors import search as player_search
from apps.user_profile.selectors.privacy import viewer_of

PLAYERS_SHOWN = 30


@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Find players by name."""
    query = player_search.cleaned(request.GET.get("q", ""))
    context = {
        "section": "search",
        "section_root": True,
        "query": query,
        "too_short": len(query) < player_search.QUERY_CHARS_MIN,
        "players": player_search.players_like(query, viewer_of(request.user), PLAYERS_SHOWN),
        "chars_max": player_search.QUERY_CHARS_MAX,
        "noindex": True,
        "title": _("Search"),
        "description": _("Find players by their name, also when you do not know how it is spelled."),
    }
    return render(request, "web/pages/search.html", context)
