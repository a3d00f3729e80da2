"""A form with every kind of field, as it is met, and as it comes back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ERRONEOUS = {"name": "", "email": "no address", "password": "short", "role": "PLAYER", "about": "x" * 60}


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label=_("Team name"), help_text=_("As it stands on brackets."), max_length=40)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, min_length=12)
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("Choose")), ("PLAYER", _("Player")), ("COACH", _("Coach"))]
    )
    about = forms.CharField(label=_("About"), widget=forms.Textarea(attrs={"rows": 3}), max_length=50)
    rules = forms.BooleanField(label=_("We know the rules"))
    region = forms.CharField(label=_("Region"), initial=_("Europe"), disabled=True, required=False)

    def clean(self) -> dict[str, Any] | None:
        """Complain about the whole, too, once it was sent."""
        self.add_error(None, _("This form is a sample: nothing is sent."))
        return self.cleaned_data


def untouched() -> SampleForm:
    """Return the form as it is met."""
    return SampleForm(prefix="new", use_required_attribute=False)


def refused() -> SampleForm:
    """Return the form as it comes back."""
    data = {f"sent-{name}": value for name, value in ERRONEOUS.items()}
    return SampleForm(data, prefix="sent", use_required_attribute=False)
