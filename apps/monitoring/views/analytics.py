"""How much happens, and how many players there are."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.events import registry
from apps.monitoring.selectors import analytics as reads
from apps.monitoring.selectors.analytics import RANGES
from apps.monitoring.views.gate import operators_only

LABELS = {
    "day": gettext_lazy("24 hours"),
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("30 days"),
    "year": gettext_lazy("A year"),
}
PLAYER_DAYS = {"day": 7, "week": 7, "month": 30, "year": 365}


def range_of(request: HttpRequest) -> str:
    """Return the stretch of time that is asked for."""
    asked = request.GET.get("range", "")
    return asked if asked in RANGES else "month"


@operators_only
@require_safe
def analytics(request: HttpRequest) -> HttpResponse:
    """Show the frequency of events, what players do most, and how many players are active."""
    name, now = range_of(request), datetime.now(UTC)
    event_type = request.GET.get("type", "")
    event_type = event_type if event_type in registry.events else ""
    frequencies = reads.frequencies(RANGES[name], now)
    series = reads.series(RANGES[name], now, event_type)
    activity = reads.activity(PLAYER_DAYS[name], now)
    context: dict[str, Any] = {
        "range": name,
        "ranges": LABELS.items(),
        "type": event_type,
        "frequencies": frequencies,
        "together": sum(one.events for one in frequencies),
        "series": series,
        "bars": reads.bars(series),
        "width": len(series),
        "activity": activity,
        "daily": reads.bars([(one.day, one.daily) for one in activity]),
        "days": len(activity),
        "latest": activity[-1],
        "is_hourly": RANGES[name].unit == "hour",
        "noindex": True,
        "title": _("Analytics"),
        "description": _("How much happens, and how many players are active."),
    }
    return render(request, "monitoring/analytics.html", context)


@operators_only
@require_safe
def events_csv(request: HttpRequest) -> HttpResponse:
    """Return the sums by type and time."""
    name = range_of(request)
    rows = reads.rows(RANGES[name], datetime.now(UTC))
    lines = ((at.isoformat(), event_type, events, actions) for at, event_type, events, actions in rows)
    return _csv(f"events-{name}.csv", ("at", "event_type", "events", "actions"), lines)


@operators_only
@require_safe
def players_csv(request: HttpRequest) -> HttpResponse:
    """Return how many players were active, day by day."""
    name = range_of(request)
    days = reads.activity(PLAYER_DAYS[name], datetime.now(UTC))
    lines = ((one.day.isoformat(), one.daily, one.weekly, one.monthly) for one in days)
    return _csv(f"players-{name}.csv", ("day", "daily", "weekly", "monthly"), lines)


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(answer)
    writer.writerow(head)
    writer.writerows(rows)
    return answer
