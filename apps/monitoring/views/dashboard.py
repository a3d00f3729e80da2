"""Is anything wrong, since when, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.events import health
from apps.monitoring.views.gate import operators_only


@operators_only
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how every subscriber is doing."""
    context = {
        "subscribers": health.status(),
        "noindex": True,
        "title": _("Health"),
        "description": _("How events are delivered."),
    }
    return render(request, "monitoring/dashboard.html", context)
