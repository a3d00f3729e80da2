"""The audit: who did what, and who saw what."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.monitoring.selectors import audit as reads
from apps.monitoring.selectors.audit import KINDS, PAGE, Asked
from apps.monitoring.views.gate import operators_only

USER_ID_MAX = 2**63 - 1


class AuditForm(forms.Form):
    """What is looked for; what is left empty says nothing."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All")), *KINDS.items()]
    )
    by = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=150)
    about = forms.IntegerField(
        label=gettext_lazy("Player's number"), required=False, min_value=1, max_value=USER_ID_MAX
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, max_length=100)
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

    def asked(self, before: tuple[datetime, int, int] | None) -> Asked:
        """Return the question; one query for who it is about."""
        data = {name: value for name, value in self.cleaned_data.items() if value}
        if "by" in data:
            users = get_user_model().objects.filter(username__iexact=data["by"])
            data["by_id"] = users.values_list("pk", flat=True).first()
        return Asked(before=before, **data)

    def in_address(self) -> dict[str, str]:
        """Return the question as it stands in an address."""
        return {
            name: value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            if isinstance(value, datetime)
            else str(value)
            for name, value in self.cleaned_data.items()
            if value
        }


@operators_only
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Show what fits, the newest first."""
    form = AuditForm(request.GET)
    found: list[reads.Line] = []
    older = ""
    if form.is_valid():
        found = reads.lines(form.asked(place_of(request.GET.get("before", ""))))
        if len(found) > PAGE:
            older = urlencode({**form.in_address(), "before": address_of(found[PAGE - 1])})
    context: dict[str, Any] = {
        "form": form,
        "lines": found[:PAGE],
        "older": older,
        "noindex": True,
        "title": _("Audit"),
        "description": _("Who did what, and who saw what."),
    }
    return render(request, "monitoring/audit.html", context)


def address_of(line: reads.Line) -> str:
    """Return the place of a line as it stands in an address."""
    at, rank, number = line.place
    return f"{at.astimezone(UTC).isoformat()}~{rank}~{number}"


def place_of(text: str) -> tuple[datetime, int, int] | None:
    """Return the place that an address names; None when it names none."""
    moment, *numbers = text.split("~")
    if len(numbers) != 2 or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in numbers):
        return None
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(numbers[0]), int(numbers[1])) if at is not None and at.tzinfo else None
