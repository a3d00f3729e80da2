"""The pages of tournaments."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.tournaments import selectors as tournament_selectors
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import tournaments as tournament_pages
from apps.web.views.paging import paged

TOURNAMENTS_PER_PAGE = 12


@require_safe
def tournaments(request: HttpRequest) -> HttpResponse:
    """List the tournaments, what is being played first."""
    rows = tournament_pages.tournament_rows
    context = paged(request, tournament_selectors.tournaments_list(), TOURNAMENTS_PER_PAGE, rows)
    context |= {
        "section": "tournaments",
        "section_root": True,
        "live": [row.tournament for row in context["page"] if row.tournament.status == "LIVE"],
        "title": _("Tournaments"),
        "description": _("All tournaments: standings, groups, brackets and series."),
    }
    return render(request, "web/pages/tournaments.html", context)


@require_safe
def tournament(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a tournament: places, bracket, tables and series."""
    page = tournament_pages.tournament_page(slug, viewer_of(request.user))
    if page is None:
        raise Http404(slug)
    context = {
        "section": "tournaments",
        "page": page,
        "watch": watch(page.tournament),
        "runs": runs(request.user, page.tournament),
        "title": page.tournament.name,
        "description": _("%(name)s: standings, bracket, groups and every series.")
        % {"name": page.tournament.name},
    }
    return render(request, "web/pages/tournament.html", context)


def runs(user: Any, tournament: Any) -> bool:
    """Tell whether somebody is led to the desk; rights are read of the staff only, not of every viewer."""
    if tournament.organiser_id is not None and tournament.organiser_id == user.pk:
        return True
    return bool(user.is_staff and tournament.is_run_by(user))


def watch(tournament: Any) -> dict[str, Any] | None:
    """Return what the pages of a tournament watch until it is over; nothing where no streams are served."""
    if tournament.status == "COMPLETED" or not settings.LIVE_URL:
        return None
    pulse = tournament_selectors.pulse(tournament.pk)
    return {"channel": f"tournament:{tournament.pk}", "pulse": pulse}
