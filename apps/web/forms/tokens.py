"""The form of a token for programs."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.api.scopes import TOKEN_NAME_CHARS_MAX, Scope


class TokenForm(forms.Form):
    """A new token: its name, and a switch for everything that it may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=TOKEN_NAME_CHARS_MAX,
        help_text=gettext_lazy("What it is for, so that you know later which one to revoke."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for scope in Scope:
            initial = scope is Scope.READ
            self.fields[scope.value] = forms.BooleanField(label=scope.label, required=False, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Refuse a token that may do nothing."""
        if not self.scopes():
            raise forms.ValidationError(_("Choose at least one thing that the token may do."))
        return self.cleaned_data

    def scopes(self) -> list[str]:
        """Return what the token may do."""
        return [scope.value for scope in Scope if self.cleaned_data.get(scope.value)]
