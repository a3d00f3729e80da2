"""The leaderboards."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.gamification import selectors as gamification
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.forms.leaderboards import BoardForm
from apps.web.selectors.leaderboards import rank_rows


@require_safe
def leaderboards(request: HttpRequest) -> HttpResponse:
    """Rank the players by experience: all, of a game, of a country, or those one follows."""
    viewer = viewer_of(request.user)
    form = BoardForm(request.GET or None, signed_in=viewer.user_id is not None)
    board = form.board(viewer.user_id)
    context = {
        "ranks": rank_rows(board, viewer),
        "mine": gamification.level(viewer.user_id) if viewer.user_id is not None else None,
        "form": form,
        "filtered": board != gamification.Board(),
        "section": "leaderboards",
        "section_root": True,
        "title": _("Leaderboards"),
        "description": _("The players with the most experience: of all games, of one, of a country."),
    }
    return render(request, "web/pages/leaderboards.html", context)
