"""Reporting, and deciding about it."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.community.selectors.moderation import Reason, Verb

CHARS_MAX = 500
# For how long something holds, in hours; 0 is for good.
SPANS = [
    (24, _("One day")),
    (72, _("Three days")),
    (7 * 24, _("A week")),
    (30 * 24, _("A month")),
    (0, _("For good")),
]


class ReportForm(forms.Form):
    """What is wrong."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Reason.choices)
    text = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(forms.Form):
    """What a moderator does, why, and for how long."""

    verb = forms.ChoiceField(label=_("What is done"))
    reason = forms.ChoiceField(
        label=_("Reason, which the player is told"),
        required=False,
        choices=[("", _("None")), *Reason.choices],
    )
    span = forms.TypedChoiceField(label=_("For how long"), choices=SPANS, coerce=int, initial=72)
    note = forms.CharField(
        label=_("Note for moderators"),
        required=False,
        max_length=CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, kind: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        possible = [Verb.HIDE] if kind != "player" else []
        possible += [Verb.MUTE, Verb.SUSPEND, Verb.DISMISS, Verb.NOTE]
        self.fields["verb"].choices = [(verb.value, verb.label) for verb in possible]  # type: ignore[attr-defined]

    def due_at(self) -> datetime | None:
        """Return until when it holds, None for good."""
        hours = self.cleaned_data["span"]
        if not hours or self.cleaned_data["verb"] not in (Verb.HIDE, Verb.MUTE, Verb.SUSPEND):
            return None
        return timezone.now() + timedelta(hours=hours)
