"""Who may enter a tournament, and when: the form of who runs it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.tournaments import selectors as tournament_selectors
from apps.tournaments.services import tournaments
from apps.web.forms.conditions import ConditionsForm
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who may enter and when; change it (POST) until the tournament begins."""
    places = tournament_selectors.places_by_slug(slug)
    if places is None or not places.tournament.is_run_by(request.user):
        raise Http404(slug)
    form = ConditionsForm(places.tournament, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tournaments.configure(
                tournament_id=places.tournament.pk, changes=form.changes(), by_id=signed_in(request)
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Changed."))
            return redirect("web:desk", slug)
    context = {
        "form": form,
        "places": places,
        "section": "tournaments",
        "noindex": True,
        "title": _("Who may enter %(name)s") % {"name": places.tournament.name},
        "description": _("Places, conditions and times of %(name)s.") % {"name": places.tournament.name},
    }
    return render(request, "web/pages/conditions.html", context)
