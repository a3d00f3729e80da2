"""Entering a tournament, and taking it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.teams import selectors as team_selectors
from apps.tournaments import selectors as tournament_selectors
from apps.tournaments.selectors.speaking import registers, speaks_for
from apps.tournaments.services import check_in as checking
from apps.tournaments.services import registration, results
from apps.web.selectors.own import own_card
from apps.web.selectors.registering import registration_page
from apps.web.views.signed_in import signed_in

SAID = {
    "CONFIRMED": gettext_lazy("You are in."),
    "PENDING": gettext_lazy("Registered. The organiser looks at it; you will hear of it."),
    "WAITLISTED": gettext_lazy("All places are taken: you are on the waiting list."),
}


@never_cache
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who may enter, and whether the viewer and his teams may."""
    chosen = {}
    if team := request.GET.get("team"):
        chosen[team] = numbers(request.GET, "player")
    found = registration_page(slug, own_card(request), chosen)
    if found is None:
        raise Http404(slug)
    context = {
        "page": found,
        "section": "tournaments",
        "noindex": True,
        "title": _("Register for %(name)s") % {"name": found.tournament.name},
        "description": _("Who may enter %(name)s, and whether you may.") % {"name": found.tournament.name},
    }
    return render(request, "web/pages/registration.html", context)


@login_required
@require_POST
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Register the viewer, or a team that he leads with the players he picked."""
    tournament = tournament_selectors.tournament_by_slug(slug)
    if tournament is None:
        raise Http404(slug)
    me, team_slug = signed_in(request), request.POST.get("team", "")
    team = team_selectors.team_by_slug(team_slug)
    if team_slug and (team is None or not registers(me, team.pk)):
        raise Http404(team_slug)
    try:
        if team is None:
            entry = registration.register_player(tournament_id=tournament.pk, user_id=me)
        else:
            players = numbers(request.POST, "player")
            entry = registration.register_team(
                tournament_id=tournament.pk, team_id=team.pk, player_ids=players
            )
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, str(SAID[entry.status]))
    return redirect("web:registration", slug)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Take a registration back, or leave a tournament that is being played."""
    return speak(request, slug, entry_id, results.leave, _("Withdrawn."))


@login_required
@require_POST
def check_in(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Say that one is there."""
    return speak(request, slug, entry_id, checking.check_in, _("You are checked in."))


def speak(request: HttpRequest, slug: str, entry_id: int, do: Callable[..., Any], said: str) -> HttpResponse:
    """Do something for an entrant for whom the viewer speaks, and say so, or say why not."""
    entry = tournament_selectors.entry_in(slug, entry_id)
    if entry is None or not speaks_for(signed_in(request), entry):
        raise Http404(str(entry_id))
    try:
        do(entry_id=entry_id)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, said)
    return redirect("web:registration", slug)


def numbers(sent: QueryDict, name: str) -> set[int]:
    """Return the numbers of a form; what is none is nobody's."""
    return {int(text) for text in sent.getlist(name) if text.isascii() and text.isdigit() and len(text) < 19}
