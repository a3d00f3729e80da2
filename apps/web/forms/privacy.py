"""The form of one's privacy."""

from collections.abc import Iterator
from typing import Any

from django import forms

from apps.user_profile.selectors.privacy_settings import CHOICES
from apps.web.selectors.privacy import CHOICE_WORDS, LABELS, SECTIONS


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
