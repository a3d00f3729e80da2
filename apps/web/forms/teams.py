"""Forms of teams. What a team may be called, the service says, by field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.games import selectors as games
from apps.teams.services.management import CHARS_MAX, VISIBILITIES


class RefusedForm(forms.Form):
    """A form whose values the service may refuse, by field."""

    def refuse(self, error: Any) -> None:
        """Show why the service refused, at the fields where it knows them."""
        for field, reasons in getattr(error, "message_dict", {None: error.messages}).items():
            self.add_error(field if field in self.fields else None, reasons)


class FoundForm(RefusedForm):
    """A new team."""

    name = forms.CharField(label=_("Name"), max_length=CHARS_MAX["name"])
    tag = forms.CharField(
        label=_("Tag"),
        max_length=CHARS_MAX["tag"],
        help_text=_("2 to 5 letters or digits, yours alone in the game: it stands before names on brackets."),
    )
    game_id = forms.TypedChoiceField(
        label=_("Game"), coerce=int, help_text=_("It stays. You play in one team of a game.")
    )
    description = forms.CharField(
        label=_("About the team"),
        required=False,
        max_length=CHARS_MAX["description"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["game_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a game")),
            *((game.pk, game.name) for game in games.all_games()),
        ]


class TeamForm(RefusedForm):
    """What a team says of itself."""

    name = forms.CharField(
        label=_("Name"), max_length=CHARS_MAX["name"], help_text=_("Once in 30 days, as the tag.")
    )
    tag = forms.CharField(label=_("Tag"), max_length=CHARS_MAX["tag"])
    description = forms.CharField(
        label=_("About the team"),
        required=False,
        max_length=CHARS_MAX["description"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    visibility = forms.ChoiceField(label=_("Who finds the team"), choices=VISIBILITIES)
    takes_requests = forms.BooleanField(label=_("Players may ask to join"), required=False)

    def __init__(self, team: Any, *args: Any, **options: Any) -> None:
        options["initial"] = {name: getattr(team, name) for name in self.base_fields}
        super().__init__(*args, **options)
        regions = team.game.regions if team.game else []
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", _("No region")),
            *((region, region) for region in regions),
        ]
