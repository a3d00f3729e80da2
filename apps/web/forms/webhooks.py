"""Forms of webhooks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.webhooks import offers
from apps.webhooks.limits import NAME_CHARS_MAX, URL_CHARS_MAX
from apps.webhooks.selectors import Kind, Owner

ME, PLATFORM = "me", "platform"


def described(name: str) -> SafeString:
    """Return the label of an event: its name and what it means."""
    meaning = " ".join(offers.OFFERED[name].doc.split()).replace("`", "").partition(". ")[0].rstrip(".")
    return format_html('<code>{}</code> <span class="small soft">{}</span>', name, meaning)


class EndpointForm(forms.Form):
    """What an endpoint is called and hears."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_CHARS_MAX,
        help_text=gettext_lazy("For you alone, so that you know it again."),
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), widget=forms.CheckboxSelectMultiple, choices=()
    )
    is_ordered = forms.BooleanField(
        label=gettext_lazy("Strictly in order: each message after the one before it"), required=False
    )
    mentions_everyone = forms.BooleanField(
        label=gettext_lazy("Discord: call @everyone for epic and legendary achievements"), required=False
    )
    with_members = forms.BooleanField(
        label=gettext_lazy("A team's: also what its players do themselves"), required=False
    )

    def __init__(self, *args: Any, types: Sequence[str] = tuple(offers.OFFERED), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["types"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, described(name)) for name in types]

    def options(self) -> dict[str, Any]:
        """Return the switches."""
        return {name: self.cleaned_data[name] for name in ("is_ordered", "mentions_everyone", "with_members")}


class NewEndpointForm(EndpointForm):
    """Where it goes, whose it is, and what it hears."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=URL_CHARS_MAX,
        help_text=gettext_lazy(
            "Of your own server, or of a Discord channel: Edit channel, Integrations, Webhooks, Copy URL."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    owner = forms.ChoiceField(label=gettext_lazy("It hears of"), choices=())

    field_order = ("name", "kind", "url", "owner", "types")

    def __init__(self, *args: Any, owners: Iterable[tuple[str, str]], **options: Any) -> None:
        found = list(owners)
        runs_it = any(value == PLATFORM for value, _label in found)
        types = [name for name in offers.OFFERED if runs_it or name not in offers.OPERATIONAL]
        super().__init__(*args, types=types, **options)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = found

    def clean(self) -> dict[str, Any]:
        """Refuse events that a Discord channel cannot be told."""
        data = self.cleaned_data
        unknown = set(data.get("types", ())) - offers.FOR_DISCORD
        if data.get("kind") == Kind.DISCORD and unknown:
            names = ", ".join(sorted(unknown))
            self.add_error("types", _("A Discord channel cannot be told of %(names)s.") % {"names": names})
        return data

    def whose(self) -> dict[str, Any]:
        """Return the owner, as the service takes it."""
        kind, _colon, number = self.cleaned_data["owner"].partition(":")
        if kind == "team":
            return {"owner": Owner.TEAM, "team_id": int(number)}
        if kind == "tournament":
            return {"owner": Owner.TOURNAMENT, "tournament_id": int(number)}
        return {"owner": Owner.PLATFORM if kind == PLATFORM else Owner.USER}
