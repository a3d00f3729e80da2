"""The pages of matches, and the whole standings of a tournament."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.tournaments import selectors as tournament_selectors
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import matches as match_pages
from apps.web.views.paging import paged
from apps.web.views.tournaments import runs, watch

MATCHES_PER_PAGE = 40
ENTRANTS_PER_PAGE = 100


@require_safe
def matches(request: HttpRequest, slug: str) -> HttpResponse:
    """List all matches of a tournament, round by round."""
    tournament = tournament_selectors.tournament_by_slug(slug)
    if tournament is None:
        raise Http404(slug)
    state = request.GET.get("state", "")
    found = match_pages.matches_of(tournament.pk, state)
    context = paged(request, found, MATCHES_PER_PAGE, match_pages.match_rows(viewer_of(request.user)))
    context |= {
        "section": "tournaments",
        "tournament": tournament,
        "watch": watch(tournament),
        "states": match_pages.states(state),
        "query": f"state={state}&" if state in match_pages.STATES else "",
        "title": _("Matches of %(name)s") % {"name": tournament.name},
        "description": _("Every match of %(name)s, round by round, with its result.")
        % {"name": tournament.name},
    }
    return render(request, "web/pages/matches.html", context)


@require_safe
def match(request: HttpRequest, slug: str, match_id: int) -> HttpResponse:
    """Show a match: the score, its games, the players' numbers, earlier matches of the two."""
    page = match_pages.match_page(slug, match_id, viewer_of(request.user))
    if page is None:
        raise Http404(str(match_id))
    names = {"a": page.match.a.name, "b": page.match.b.name, "tournament": page.match.tournament_name}
    context = {
        "section": "tournaments",
        "page": page,
        "watch": None if page.match.played_at else watch(page.tournament),
        "has_room": page.has_room and (page.own_entry_id is not None or runs(request.user, page.tournament)),
        "title": " \N{EN DASH} ".join((page.match.a.name, page.match.b.name)),
        "description": _("%(a)s against %(b)s at %(tournament)s: score, games and players.") % names,
    }
    return render(request, "web/pages/match.html", context)


@require_safe
def standings(request: HttpRequest, slug: str) -> HttpResponse:
    """List all entrants of a tournament by their places."""
    tournament = tournament_selectors.tournament_by_slug(slug)
    if tournament is None:
        raise Http404(slug)
    seen = partial(tournament_selectors.as_standings, viewer=viewer_of(request.user))
    context = paged(request, tournament_selectors.Entrant.of(tournament.pk), ENTRANTS_PER_PAGE, seen)
    context |= {
        "section": "tournaments",
        "tournament": tournament,
        "watch": watch(tournament),
        "title": _("Standings of %(name)s") % {"name": tournament.name},
        "description": _("Every entrant of %(name)s, by final place.") % {"name": tournament.name},
    }
    return render(request, "web/pages/standings.html", context)
