"""Forms of the pages."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.api.scopes import TOKEN_NAME_CHARS_MAX, Scope
from apps.user_profile.selectors.privacy_settings import CHOICES
from apps.web.selectors.privacy import CHOICE_WORDS, LABELS, SECTIONS


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


class PrivacyForm(forms.Form):
    """The privacy switches that do something today, each with its present value."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in LABELS.items():
            if name in CHOICES:
                words = [(value, CHOICE_WORDS[value]) for value in CHOICES[name]]
                self.fields[name] = forms.ChoiceField(label=str(label), choices=words)
            else:
                self.fields[name] = forms.BooleanField(label=str(label), required=False)

    def sections(self) -> Iterator[dict[str, Any]]:
        """Yield the parts of the form: what they are called, what they say, and their fields."""
        for key, (title, text, names) in SECTIONS.items():
            yield {"key": key, "title": title, "text": text, "fields": [self[name] for name in names]}
