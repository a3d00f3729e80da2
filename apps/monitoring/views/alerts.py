"""The alerts: what is open, what was, and how sensitive they are; and the runbooks they lead to."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.monitoring import runbooks as books
from apps.monitoring.forms import SensitivityForm
from apps.monitoring.rules import RULES
from apps.monitoring.selectors import incidents
from apps.monitoring.services import sensitivities
from apps.monitoring.services.incidents import in_force
from apps.monitoring.views.gate import operators_only

RUNBOOKS = Path(settings.BASE_DIR) / "docs" / "runbooks.md"


@operators_only
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Show all alerts."""
    return page(request)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def sensitivity(request: HttpRequest, code: str) -> HttpResponse:
    """Set a rule."""
    rule = in_force().get(code)
    if rule is None:
        raise Http404(code)
    if request.method != "POST":
        return redirect("monitoring:alerts")
    form = SensitivityForm(request.POST, rule=rule)
    if not form.is_valid():
        return page(request, {code: form})
    assert request.user.pk is not None
    sensitivities.change(code, by_id=request.user.pk, **form.cleaned_data)
    messages.success(request, _("Saved. It holds from the next look on, within seconds."))
    return redirect("monitoring:alerts")


@operators_only
@require_POST
def reset(request: HttpRequest, code: str) -> HttpResponse:
    """Let a rule be as the settings say."""
    if code not in RULES:
        raise Http404(code)
    sensitivities.reset(code)
    messages.success(request, _("It is as the settings say again."))
    return redirect("monitoring:alerts")


def page(request: HttpRequest, forms: dict[str, SensitivityForm] | None = None) -> HttpResponse:
    """Show the alerts, with forms that could not be accepted."""
    forms = forms or {}
    rules = [(rule, forms.get(code) or SensitivityForm(rule=rule)) for code, rule in in_force().items()]
    context = {
        "state": incidents.state(),
        "history": incidents.history(),
        "rules": rules,
        "recipients": settings.ALERT_EMAILS,
        "noindex": True,
        "title": _("Alerts"),
        "description": _("What is wrong, what was, and when to say so."),
    }
    return render(request, "monitoring/alerts.html", context)


@operators_only
@require_safe
def runbooks(request: HttpRequest) -> HttpResponse:
    """Show what to do about each alert."""
    context = {
        "books": books.read(RUNBOOKS),
        "noindex": True,
        "title": _("Runbooks"),
        "description": _("What to do about each alert."),
    }
    return render(request, "monitoring/runbooks.html", context)
