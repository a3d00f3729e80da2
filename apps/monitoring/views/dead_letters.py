"""Events that a subscriber could not handle: found, looked at, and decided about."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.events.models import DeadLetter, EventStream
from apps.monitoring.mending_forms import DecisionForm, LettersForm
from apps.monitoring.models.operations import Verb
from apps.monitoring.selectors import letters as reads
from apps.monitoring.selectors.letters import Letters
from apps.monitoring.services import operations
from apps.monitoring.views.gate import operators_only
from apps.monitoring.views.paging import after_of, operator_id


@operators_only
@require_safe
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Show the letters that wait, by subscriber and error; with a query also one by one."""
    form = LettersForm(request.GET)
    query = form.letters() if form.is_valid() else Letters()
    asked = {name: value for name, value in query.as_dict().items() if value}
    context: dict[str, Any] = {
        "form": form,
        "query": query,
        "asked": asked,
        "groups": [(group, urlencode(_narrowed(asked, group))) for group in reads.groups(query)],
        "noindex": True,
        "title": _("Dead letters"),
        "description": _("Events that a subscriber could not handle."),
    }
    context["count"] = sum(group.count for group, _link in context["groups"])
    if asked:
        found, after = reads.page(query, after=after_of(request))
        context |= {"letters": found, "next": urlencode({**asked, "after": after}) if after else ""}
    return render(request, "monitoring/dead_letters.html", context)


def _narrowed(asked: dict[str, Any], group: reads.Group) -> dict[str, Any]:
    return {**asked, "subscriber": group.subscriber, "fault": group.fault}


@operators_only
@require_safe
def dead_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Show a letter: its traceback, its event, and what was decided."""
    letter = DeadLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise Http404(letter_id)
    place = EventStream.objects.filter(position=letter.position).select_related("log").first()
    context = {
        "letter": letter,
        "event": place.log if place else None,
        "noindex": True,
        "title": _("Dead letter %(number)d") % {"number": letter.pk},
        "description": _("An event that a subscriber could not handle."),
    }
    return render(request, "monitoring/dead_letter.html", context)


@operators_only
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Plan a decision; the page that follows shows the counts and asks for the word to begin."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        faults = [str(error) for errors in form.errors.values() for error in errors]
        return _refused(request, form, " ".join(faults))
    data = form.cleaned_data
    try:
        planned = operations.decide(
            Verb(data["verb"]), form.letters(), reason=data["reason"], by_id=operator_id(request)
        )
    except ValidationError as error:
        return _refused(request, form, " ".join(error.messages))
    return redirect("monitoring:operation", planned.pk)


def _refused(request: HttpRequest, form: DecisionForm, why: str) -> HttpResponse:
    messages.error(request, why)
    names = ("subscriber", "event_type", "key", "fault")
    asked = urlencode({name: form.data[name] for name in names if form.data.get(name)})
    return redirect(f"/ops/dead-letters/?{asked}")
