"""Where a player wants to be told of what."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from apps.notifications import kinds
from apps.notifications.services.hours import Times, zones
from apps.notifications.services.preferences import Wish

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
NEVER = ("", _lazy("never"))
CHANNELS = ("in_app", "by_email")


class HoursForm(forms.Form):
    """When the e-mails leave; whether it can be is the service's to say."""

    is_daily = forms.TypedChoiceField(
        label=_lazy("E-mails come"),
        choices=[("", _lazy("when it happens")), ("1", _lazy("once a day, together"))],
        coerce=bool,
        required=False,
        empty_value=None,
    )
    daily_at = forms.TypedChoiceField(label=_lazy("The daily one comes at"), choices=HOURS, coerce=int)
    quiet_from = forms.TypedChoiceField(
        label=_lazy("Quiet from"), choices=[NEVER, *HOURS], coerce=int, required=False, empty_value=None
    )
    quiet_until = forms.TypedChoiceField(
        label=_lazy("Quiet until"), choices=[NEVER, *HOURS], coerce=int, required=False, empty_value=None
    )
    time_zone = forms.ChoiceField(
        label=_lazy("Time zone"), choices=lambda: [(zone, zone) for zone in zones()]
    )

    def __init__(self, now: Times, data: Any = None) -> None:
        super().__init__(data, initial=asdict(now) | {"is_daily": "1" if now.is_daily else ""})

    def times(self) -> Times:
        """Return what was chosen."""
        return Times(**self.cleaned_data | {"is_daily": bool(self.cleaned_data["is_daily"])})


class PreferencesForm(forms.Form):
    """Two switches for every kind: here, and by e-mail."""

    def __init__(self, now: Mapping[str, Wish], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in kinds.known:
            for channel in CHANNELS:
                self.fields[f"{code}.{channel}"] = forms.BooleanField(
                    label=self.label(code, channel), required=False, initial=getattr(now[code], channel)
                )

    def label(self, code: str, channel: str) -> str:
        """Return what a switch is called where only it is heard."""
        where = _("here") if channel == "in_app" else _("by e-mail")
        return f"{kinds.of(code).label}: {where}"

    def sections(self) -> Iterator[dict[str, Any]]:
        """Yield the kinds, by what they are about, each with its two fields."""
        for category, found in kinds.by_category().items():
            rows = [
                {"label": kind.label, "fields": [self[f"{kind.code}.{channel}"] for channel in CHANNELS]}
                for kind in found
            ]
            yield {"key": category.value, "title": category.label, "rows": rows}

    def wishes(self) -> dict[str, Wish]:
        """Return what was chosen."""
        return {
            code: Wish(*[self.cleaned_data[f"{code}.{channel}"] for channel in CHANNELS])
            for code in kinds.known
        }
