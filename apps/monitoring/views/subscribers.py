"""Subscribers: how they stand, and to pause, resume, replay and rebuild them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.events.delivery import pauses
from apps.monitoring.mending_forms import Reasoned, ReplayForm
from apps.monitoring.models import Operation
from apps.monitoring.selectors import letters
from apps.monitoring.selectors import subscribers as reads
from apps.monitoring.selectors.letters import Letters
from apps.monitoring.selectors.subscribers import Standing
from apps.monitoring.services import operations
from apps.monitoring.views.gate import operators_only
from apps.monitoring.views.paging import operator_id


@operators_only
@require_safe
def subscribers(request: HttpRequest) -> HttpResponse:
    """List all of them."""
    context = {
        "subscribers": reads.standings(),
        "noindex": True,
        "title": _("Subscribers"),
        "description": _("Who hears the events, and how far they have come."),
    }
    return render(request, "monitoring/subscribers.html", context)


def standing_of(name: str) -> Standing:
    """Return one that is stored."""
    found = reads.standings(name)
    if not found:
        raise Http404(name)
    return found[0]


@operators_only
@require_safe
def subscriber(request: HttpRequest, name: str) -> HttpResponse:
    """Show one, with its parked keys, its letters and what was done to it."""
    return _page(request, standing_of(name))


def _page(request: HttpRequest, one: Standing, replay: ReplayForm | None = None) -> HttpResponse:
    may_replay = one.declared is not None and one.declared.reset is None and one.declared.replay != "refuse"
    context = {
        "one": one,
        "parked": reads.parked(one.name),
        "groups": letters.groups(Letters(subscriber=one.name)),
        "acts": reads.acts(one.name),
        "reasoned": Reasoned(),
        "replay": (replay or ReplayForm(subscriber=one.name, prefix="replay")) if may_replay else None,
        "may_rebuild": one.declared is not None and one.declared.reset is not None,
        "noindex": True,
        "title": one.name,
        "description": _("A subscriber, and how far it has come."),
    }
    return render(request, "monitoring/subscriber.html", context)


@operators_only
@require_POST
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """Pause it, or let it go on."""
    one, form = standing_of(name), Reasoned(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason is kept with what is done."))
        return redirect("monitoring:subscriber", one.name)
    act = pauses.resume if request.POST.get("act") == "resume" else pauses.pause
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            act(one.name, by=request.user.get_username(), reason=form.cleaned_data["reason"])
    except OperationalError:
        messages.error(request, _("A worker is busy with it: try again in a moment."))
    return redirect("monitoring:subscriber", one.name)


@operators_only
@require_POST
def replay(request: HttpRequest, name: str) -> HttpResponse:
    """Plan a replay; a worker counts first."""
    one = standing_of(name)
    if one.declared is None:
        raise Http404(name)
    form = ReplayForm(request.POST, subscriber=name, prefix="replay")
    if not form.is_valid():
        return _page(request, one, form)
    made = operations.replay(
        name,
        form.selection(),
        since_time=form.cleaned_data["since_time"],
        reason=form.cleaned_data["reason"],
        by_id=operator_id(request),
    )
    return redirect("monitoring:operation", made.pk)


@operators_only
@require_POST
def rebuild(request: HttpRequest, name: str) -> HttpResponse:
    """Plan that its sums are made anew; a worker counts first."""
    one = standing_of(name)
    try:
        made: Operation = operations.rebuild(
            one.name, reason=request.POST.get("reason", ""), by_id=operator_id(request)
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("monitoring:subscriber", one.name)
    return redirect("monitoring:operation", made.pk)
