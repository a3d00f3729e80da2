"""What other sites may show in a frame: a bracket, or the tables. Nobody is signed in there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import ANONYMOUS
from apps.web.selectors import tournaments as tournament_pages

POLICY: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
"""Anybody may frame it; it can send nothing and load nothing from elsewhere."""


@xframe_options_exempt
@csp_override(POLICY)
@require_safe
def tournament(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the bracket and the tables of a tournament as everybody may see them."""
    page = tournament_pages.tournament_page(slug, ANONYMOUS)
    if page is None:
        raise Http404(slug)
    context = {
        "page": page,
        "noindex": True,
        "title": page.tournament.name,
        "description": _("%(name)s: bracket and tables.") % {"name": page.tournament.name},
    }
    return render(request, "web/embed/tournament.html", context)
