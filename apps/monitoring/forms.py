"""How sensitive an alert is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.monitoring.rules import Rule

DAY_MINUTES = 24 * 60


class SensitivityForm(forms.Form):
    """From when on a rule is bad, and for how long it has to be. A rule of yes and no has no threshold."""

    threshold = forms.FloatField(label=_("Above"), min_value=0, max_value=1e9)
    minutes = forms.FloatField(label=_("For minutes"), min_value=0, max_value=DAY_MINUTES)
    is_on = forms.BooleanField(label=_("On"), required=False)

    def __init__(self, data: Any = None, *, rule: Rule) -> None:
        initial = {"threshold": rule.threshold, "minutes": rule.minutes, "is_on": rule.is_on}
        super().__init__(data, initial=initial, auto_id=f"{rule.code}-%s")
        self.fields["threshold"].label = f"{_('Above')} ({rule.unit})"
        if not rule.unit:
            self.fields["threshold"].disabled = True
            self.fields["threshold"].widget = forms.HiddenInput()
