"""Long work: its preview, the word to begin, and how far it is."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.events.errors import EventError
from apps.monitoring.models import Operation
from apps.monitoring.services import operations as service
from apps.monitoring.views.gate import operators_only
from apps.monitoring.views.paging import after_of

PAGE = 25

ACTS: dict[str, Callable[[int, str], Any]] = {
    "begin": lambda pk, by: service.begin(pk),
    "cancel": lambda pk, by: service.cancel(pk),
    "stop": lambda pk, by: service.stop(pk, by=by),
    "go-on": lambda pk, by: service.go_on(pk),
}


@operators_only
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """List what operators asked for, the newest first."""
    before = after_of(request, "before")
    rows = Operation.objects.select_related("by").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    context = {
        "operations": found[:PAGE],
        "next": f"before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "noindex": True,
        "title": _("Operations"),
        "description": _("Long work that operators asked for."),
    }
    return render(request, "monitoring/operations.html", context)


@operators_only
@require_safe
def operation(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Show one: what it would do, or how far it is. While it moves, the page asks again by itself."""
    found = Operation.objects.select_related("by").filter(pk=operation_id).first()
    if found is None:
        raise Http404(operation_id)
    asked = {name: value for name, value in found.selection.items() if value and name != "upto"}
    context = {
        "operation": found,
        "asked": asked,
        "noindex": True,
        "title": f"{found.get_verb_display()} {found.pk}",
        "description": _("Long work that an operator asked for."),
    }
    return render(request, "monitoring/operation.html", context)


@operators_only
@require_POST
def act(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Begin, cancel, stop or go on."""
    if request.POST.get("act") not in ACTS or not Operation.objects.filter(pk=operation_id).exists():
        raise Http404(operation_id)
    try:
        ACTS[request.POST["act"]](operation_id, request.user.get_username())
    except EventError as refused:
        messages.error(request, str(refused))
    return redirect("monitoring:operation", operation_id)
