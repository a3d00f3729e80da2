"""Is anything wrong, since when, and what to do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.events import tallies
from apps.monitoring.channels import pulse_of
from apps.monitoring.selectors import deliveries, incidents
from apps.monitoring.selectors.readings import watchman_age_s
from apps.monitoring.selectors.spans import DEFAULT, SPANS
from apps.monitoring.views.gate import operators_only


@operators_only
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what is wrong, and how every subscriber and endpoint is doing."""
    now = timezone.now()
    span = SPANS.get(request.GET.get("span", ""), DEFAULT)
    since = span.since(now)
    state = incidents.state()
    totals, seconds = tallies.totals(since), (now - since).total_seconds()
    context = {
        "subscribers": deliveries.subscribers(totals, seconds),
        "endpoints": deliveries.endpoints(totals, seconds),
        "plot": deliveries.plot(span, now),
        "state": state,
        "watchman_age_s": watchman_age_s(now),
        "watch": {"channel": "ops:health", "pulse": pulse_of(state, now)} if settings.LIVE_URL else None,
        "span": span,
        "spans": SPANS.values(),
        "now": now,
        "noindex": True,
        "title": _("Health"),
        "description": _("How events are delivered."),
    }
    return render(request, "monitoring/dashboard.html", context)
