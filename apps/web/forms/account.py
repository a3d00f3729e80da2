"""Forms about the account itself."""

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
