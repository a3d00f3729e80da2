"""What operators fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.events import registry
from apps.events.again import Selection
from apps.monitoring.models.operations import Verb
from apps.monitoring.selectors.letters import Letters

REASON_CHARS_MAX = 500
POSITION_MAX = 2**62
IDS_MAX = 1_000


class Reasoned(forms.Form):
    """Whatever is done has a reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_CHARS_MAX, help_text=_("Kept with what is done, for ever.")
    )


class LettersForm(forms.Form):
    """Which letters; what is left empty says nothing."""

    subscriber = forms.CharField(label=_("Subscriber"), required=False, max_length=200)
    event_type = forms.CharField(label=_("Event"), required=False, max_length=100)
    key = forms.CharField(label=_("Key"), required=False, max_length=100)
    fault = forms.CharField(label=_("Error"), required=False, max_length=200)
    ids = forms.CharField(required=False, max_length=20 * IDS_MAX, widget=forms.HiddenInput)

    def clean_ids(self) -> list[int]:
        """Return the numbers."""
        words = self.cleaned_data["ids"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError(_("Letters are named by their numbers."))
        return [int(word) for word in words]

    def letters(self) -> Letters:
        """Return the query."""
        names = ("subscriber", "event_type", "key", "fault", "ids")
        return Letters(**{name: self.cleaned_data[name] for name in names})


class DecisionForm(Reasoned, LettersForm):
    """Retry or discard them."""

    verb = forms.ChoiceField(choices=[(one.value, one.label) for one in (Verb.RETRY, Verb.DISCARD)])


class ReplayForm(Reasoned):
    """Which events a subscriber hears again."""

    since = forms.IntegerField(
        label=_("From position"),
        min_value=1,
        max_value=POSITION_MAX,
        required=False,
        help_text=_("Empty: all."),
    )
    since_time = forms.DateTimeField(
        label=_("Or from a time (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    to = forms.IntegerField(label=_("To position"), min_value=1, max_value=POSITION_MAX, required=False)
    types = forms.MultipleChoiceField(
        label=_("Events"), required=False, help_text=_("None chosen: all that it hears.")
    )
    users = forms.CharField(
        label=_("Players, by number"), required=False, max_length=500, help_text=_("Empty: all.")
    )

    def __init__(self, *args: Any, subscriber: str, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["types"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in sorted(registry.subscribers[subscriber].types)]

    def clean_users(self) -> list[int]:
        """Return the numbers."""
        words = self.cleaned_data["users"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError(_("Players are named by their numbers, apart by commas."))
        return [int(word) for word in words]

    def selection(self) -> Selection:
        """Return which events, but for those before a time: a worker finds out which those are."""
        data = self.cleaned_data
        return Selection(data["since"] or 1, data["to"], data["types"], data["users"])
