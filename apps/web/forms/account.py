"""Forms about the account itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.user_profile.services.names import USERNAME_CHARS_MAX


class UsernameForm(forms.Form):
    """Another username; whether it can be one is the service's to say."""

    username = forms.CharField(
        label=_("New username"),
        max_length=USERNAME_CHARS_MAX,
        help_text=_("2 to 30 characters: letters a-z, digits, dots, hyphens and underscores."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class DeletionForm(forms.Form):
    """The wish to be deleted: who means it types his username."""

    username = forms.CharField(
        label=_("Type your username to confirm"),
        max_length=USERNAME_CHARS_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, username: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.expected = username

    def clean_username(self) -> str:
        """Refuse another name than his."""
        typed = str(self.cleaned_data["username"]).removeprefix("@")
        if typed.lower() != self.expected.lower():
            raise forms.ValidationError(_("This is not your username."))
        return typed
