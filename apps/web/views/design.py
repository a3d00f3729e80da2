"""The design system, for those who build pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.web.selectors import design as design_pages


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component in every state; for people who build pages, not for search engines."""
    context = {
        "design": design_pages.design_page(),
        "noindex": True,
        "title": _("Design system"),
        "description": _("Every token and every component of DeltaCrown in every state."),
    }
    return render(request, "web/pages/design.html", context)


@require_safe
def design_bracket(request: HttpRequest) -> HttpResponse:
    """Show a bracket as large as they come."""
    context = {
        "page": design_pages.cup_page(),
        "noindex": True,
        "title": _("Bracket of 64"),
        "description": _("A double elimination of 64 teams, with every series of it."),
    }
    return render(request, "web/pages/design_bracket.html", context)
