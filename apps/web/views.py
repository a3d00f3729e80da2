"""The pages: each asks one selector and renders one template."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.teams import selectors as team_selectors
from apps.tournaments import selectors as tournament_selectors
from apps.web.art.avatars import avatar_svg
from apps.web.art.crests import LETTERS_MAX, crest_svg
from apps.web.selectors import home as home_page
from apps.web.selectors import players
from apps.web.selectors import teams as team_pages
from apps.web.selectors import tournaments as tournament_pages

TEAMS_PER_PAGE = 24
TOURNAMENTS_PER_PAGE = 12
PICTURE_MAX_AGE_S = 365 * 24 * 3600
"""A generated picture never changes: its address is made of all that it shows."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is and what is going on."""
    return render(request, "web/pages/home.html", {"section": "home", "home": home_page.home()})


@require_safe
def player(request: HttpRequest, username: str) -> HttpResponse:
    """Show a player; another spelling of the name leads to the one he chose.

    The redirect is temporary: he may change the capitals later, and browsers keep permanent ones.
    """
    page = players.player_page(username)
    if page is None:
        raise Http404(username)
    if page.player.username != username:
        return redirect("web:player", page.player.username)
    context = {
        "page": page,
        "title": f"{page.player.display_name} (@{page.player.username})",
        "description": _("%(name)s on DeltaCrown: matches, teams and tournaments.")
        % {"name": page.player.display_name},
        "og_type": "profile",
    }
    return render(request, "web/pages/player.html", context)


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams."""
    context = _paged(request, team_selectors.teams_list(), TEAMS_PER_PAGE, team_pages.team_rows)
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
    page = team_pages.team_page(slug)
    if page is None:
        raise Http404(slug)
    context = {
        "section": "teams",
        "page": page,
        "title": page.team.name,
        "description": _("%(name)s: roster, record, tournaments and matches.") % {"name": page.team.name},
    }
    return render(request, "web/pages/team.html", context)


@require_safe
def tournaments(request: HttpRequest) -> HttpResponse:
    """List the tournaments, what is being played first."""
    rows = tournament_pages.tournament_rows
    context = _paged(request, tournament_selectors.tournaments_list(), TOURNAMENTS_PER_PAGE, rows)
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
    page = tournament_pages.tournament_page(slug)
    if page is None:
        raise Http404(slug)
    context = {
        "section": "tournaments",
        "page": page,
        "title": page.tournament.name,
        "description": _("%(name)s: standings, bracket, groups and every series.")
        % {"name": page.tournament.name},
    }
    return render(request, "web/pages/tournament.html", context)


@require_safe
@cache_control(public=True, max_age=PICTURE_MAX_AGE_S, immutable=True)
def avatar(request: HttpRequest, key: str) -> HttpResponse:
    """Draw a player's generated picture."""
    return HttpResponse(avatar_svg(key), content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=PICTURE_MAX_AGE_S, immutable=True)
def crest(request: HttpRequest, key: str, letters: str) -> HttpResponse:
    """Draw a team's generated crest."""
    if len(letters) > LETTERS_MAX:
        raise Http404(letters)
    return HttpResponse(crest_svg(key, letters), content_type="image/svg+xml")


def _paged(
    request: HttpRequest, found: QuerySet[Any], per_page: int, rows: Callable[[Iterable[Any]], list[Any]]
) -> dict[str, Any]:
    """Return the page that the address asks for, as rows; a page that is not there is the nearest one."""
    paginator = Paginator(found, per_page)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = rows(page.object_list)
    return {"page": page, "page_range": paginator.get_elided_page_range(page.number)}
