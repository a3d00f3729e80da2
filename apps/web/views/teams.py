"""The pages of teams."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.teams import selectors as team_selectors
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import teams as team_pages
from apps.web.views.paging import paged

TEAMS_PER_PAGE = 24


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams."""
    context = paged(request, team_selectors.teams_list(), TEAMS_PER_PAGE, team_pages.team_rows)
    context |= {
        "section": "teams",
        "section_root": True,
        "title": _("Teams"),
        "description": _("All teams with their rosters and records."),
    }
    return render(request, "web/pages/teams.html", context)


@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a team, its roster and its record."""
    page = team_pages.team_page(slug, viewer_of(request.user))
    if page is None:
        raise Http404(slug)
    context = {
        "section": "teams",
        "page": page,
        "title": page.team.name,
        "description": _("%(name)s: roster, record, tournaments and matches.") % {"name": page.team.name},
    }
    return render(request, "web/pages/team.html", context)
