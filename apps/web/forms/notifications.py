"""Where a player wants to be told of what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.notifications import kinds
from apps.notifications.services.preferences import Wish

CHANNELS = ("in_app", "by_email")


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
