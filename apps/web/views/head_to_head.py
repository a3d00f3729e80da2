"""Head to head: two players, or two teams, by their matches against each other."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import head_to_head as pages
from apps.web.views.paging import paged

MEETINGS_PER_PAGE = 20
NAME_CHARS_MAX = 150


@never_cache
@require_safe
def players(request: HttpRequest, username: str) -> HttpResponse:
    """Compare a player with the one who is named, else with the viewer."""
    viewer, against = viewer_of(request.user), chosen(request)
    if against is None and viewer.user_id is not None:
        page = pages.of_players(username, request.user.get_username(), viewer)
    else:
        page = pages.of_players(username, against or "", viewer)
    if page is None:
        raise Http404(username)
    if pages.key_of(page.own) != username:
        query = f"?{urlencode({'against': against})}" if against else ""
        return redirect(reverse("web:head-to-head", args=[pages.key_of(page.own)]) + query)
    return answer(request, page, {"nobody": _("No such player, or one whose matches are not for you.")})


@never_cache
@require_safe
def teams(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare a team with the one that is named."""
    page = pages.of_teams(slug, chosen(request) or "", viewer_of(request.user))
    if page is None:
        raise Http404(slug)
    return answer(request, page, {"nobody": _("No other team of this address."), "section": "teams"})


def chosen(request: HttpRequest) -> str | None:
    """Return whom the address names, if it does; also as people write it: with an @, or a whole address."""
    if "against" not in request.GET:
        return None
    text = request.GET["against"].replace("\0", "").strip().rstrip("/")
    return text.rpartition("/")[2].removeprefix("@")[:NAME_CHARS_MAX]


def answer(request: HttpRequest, page: pages.HeadToHead, more: dict[str, Any]) -> HttpResponse:
    """Show how two fared against each other, or the form to choose with whom to compare."""
    against = pages.key_of(page.opponent) if page.opponent else chosen(request) or ""
    names = {"a": page.own.name, "b": page.opponent.name if page.opponent else ""}
    rows = pages.rows_of(page, viewer_of(request.user))
    context = {
        **more,
        **paged(request, page.met, MEETINGS_PER_PAGE, rows, page.tally.played),
        "two": page,
        "against": against,
        "query": urlencode({"against": against}) + "&",
        "noindex": True,
        "title": _("%(a)s against %(b)s") % names if page.opponent else _("%(a)s head to head") % names,
        "description": _("How they fared against each other: wins, games, maps and every meeting."),
    }
    return render(request, "web/pages/head_to_head.html", context)
