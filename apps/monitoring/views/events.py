"""The event explorer: found, looked at one by one, followed through a request."""

from datetime import UTC
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.events import registry, search, sequencer
from apps.events.search import Query
from apps.monitoring.selectors import events as reads
from apps.monitoring.views.gate import operators_only
from apps.monitoring.views.paging import after_of, operator_id

PAGE = 50
USER_ID_MAX = 2**63 - 1


class QueryForm(forms.Form):
    """Which events; what is left empty says nothing."""

    type = forms.CharField(label=gettext_lazy("Event"), required=False, max_length=100)
    user = forms.IntegerField(
        label=gettext_lazy("Player's number"), required=False, min_value=1, max_value=USER_ID_MAX
    )
    since = forms.DateTimeField(
        label=gettext_lazy("From (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("To (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    request = forms.UUIDField(label=gettext_lazy("Request"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["type"].widget.attrs["list"] = "types"

    def query(self) -> Query:
        """Return the query."""
        data = self.cleaned_data
        return Query(data["type"] or None, data["user"], data["since"], data["until"], data["request"])

    def asked(self) -> dict[str, str]:
        """Return the query as it stands in an address."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("since", "until"):
            if name in found:
                found[name] = found[name].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return {name: str(value) for name, value in found.items()}


@operators_only
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """List the newest events that fit. With `live` the page draws itself anew when something happens."""
    form = QueryForm(request.GET)
    is_valid = form.is_valid()
    asked = form.asked() if is_valid else {}
    before = after_of(request, "before")
    head = sequencer.head()
    found = search.page(form.query(), before=before or None, limit=PAGE + 1) if is_valid else []
    is_live = bool(request.GET.get("live")) and not before
    context = {
        "form": form,
        "asked": asked,
        "types": sorted(registry.events),
        "events": found[:PAGE],
        "older": urlencode({**asked, "before": found[PAGE - 1].id}) if len(found) > PAGE else "",
        "newest": urlencode(asked),
        "live": urlencode({**asked, "live": 1}),
        "is_live": is_live,
        "has_streams": bool(settings.LIVE_URL),
        "is_old": bool(before),
        "watch": {"channel": "ops-events:all", "pulse": head} if is_live and settings.LIVE_URL else None,
        "noindex": True,
        "title": _("Events"),
        "description": _("What was said, and what became of it."),
    }
    return render(request, "monitoring/events.html", context)


@operators_only
@require_safe
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an event: arguments, causes, consequences, and what became of it; the look is written down."""
    return _page(request, uid, reveals=False)


@operators_only
@require_POST
def personal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an event with the personal values that are masked elsewhere."""
    return _page(request, uid, reveals=True)


def _page(request: HttpRequest, uid: UUID, *, reveals: bool) -> HttpResponse:
    found = search.one(uid)
    if found is None:
        raise Http404(uid)
    whole = reads.whole(*found, staff_id=operator_id(request), reveals=reveals)
    context = {
        "whole": whole,
        "event": whole.event,
        "reveals": reveals,
        "noindex": True,
        "title": whole.event.type,
        "description": _("One event, and what became of it."),
    }
    return render(request, "monitoring/event.html", context)


@operators_only
@require_safe
def followed(request: HttpRequest, correlation_id: UUID) -> HttpResponse:
    """Follow one request through all apps."""
    nodes = search.request(correlation_id)
    if not nodes:
        raise Http404(correlation_id)
    first = min(node.event.created_at for node in nodes)
    context = {
        "nodes": [(node, (node.event.created_at - first).total_seconds() * 1000) for node in nodes],
        "correlation_id": correlation_id,
        "began_at": first,
        "actor_id": nodes[0].event.actor_id,
        "apps": sorted({node.event.app for node in nodes if node.event.app}),
        "is_cut": len(nodes) == search.FAMILY_MAX,
        "noindex": True,
        "title": _("One request"),
        "description": _("What one request set going, in all apps."),
    }
    return render(request, "monitoring/request.html", context)
