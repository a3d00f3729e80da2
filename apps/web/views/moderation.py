"""Reporting something, and the desk of those who decide about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.community.selectors import moderation as cases
from apps.community.selectors.subjects import NoSuchSubject
from apps.community.services import moderation as service
from apps.web.forms.moderation import DecisionForm, ReportForm
from apps.web.views.paging import paged
from apps.web.views.posts import refuse, valid
from apps.web.views.signed_in import signed_in

MODERATE = "community.moderate"
ROWS_PER_PAGE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Take a report of a post, a comment or a player."""
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service.report(reporter_id=signed_in(request), subject=f"{kind}:{key}", **form.cleaned_data)
        except NoSuchSubject:
            messages.error(request, _("This is not there any more."))
            return redirect("web:posts")
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Thank you. A moderator looks at it."))
            return redirect("web:posts")
    context = {
        "form": form,
        "noindex": True,
        "title": _("Report"),
        "description": _("Say what is wrong. Whom you report does not learn who it was."),
    }
    return render(request, "web/pages/moderation/report.html", context)


@login_required
@permission_required(MODERATE, raise_exception=True)
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits for a decision, the oldest first."""
    context = paged(request, cases.queue(), ROWS_PER_PAGE, lambda rows: cases.waiting(list(rows))) | {
        "noindex": True,
        "title": _("Moderation"),
        "description": _("What players reported, the oldest first."),
    }
    return render(request, "web/pages/moderation/queue.html", context)


@login_required
@permission_required(MODERATE, raise_exception=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Show all about a subject, and take a decision."""
    name = f"{kind}:{valid(key)}"
    form = DecisionForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid() and decided(request, name, form):
        messages.success(request, _("Done, and written down."))
        return redirect("web:case", kind, key)
    found = cases.case(name)
    if found is None:
        raise Http404(name)
    context = {
        "case": found,
        "form": form,
        "noindex": True,
        "title": _("Case %(name)s") % {"name": name},
        "description": _("What was reported, what was decided, and what is in force."),
    }
    return render(request, "web/pages/moderation/case.html", context)


def decided(request: HttpRequest, name: str, form: DecisionForm) -> bool:
    """Carry out what the form says; tell whether it was accepted, else the form knows why."""
    given: dict[str, Any] = {key: form.cleaned_data[key] for key in ("verb", "reason", "note")}
    try:
        service.decide(moderator_id=signed_in(request), subject=name, due_at=form.due_at(), **given)
    except ValidationError as error:
        refuse(form, error)
        return False
    return True


@login_required
@permission_required(MODERATE, raise_exception=True)
@require_POST
def lift(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """End what is in force before its time."""
    try:
        action = service.lift(moderator_id=signed_in(request), restriction_id=valid(restriction_id))
    except NoSuchSubject:
        messages.error(request, _("This is in force no more, or it is about yourself."))
        return redirect("web:moderation")
    messages.success(request, _("Lifted, and written down."))
    kind, _colon, key = action.subject.partition(":")
    return redirect("web:case", kind, int(key))
