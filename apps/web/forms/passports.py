"""The form of a passport, in the words of its game."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.web.selectors import Row

PLATFORMS = ("PC", "PlayStation", "Xbox", "Switch", "Android", "iOS")
VISIBILITIES = (
    ("public", _("Everyone")),
    ("signed_in", _("Signed-in players")),
    ("private", _("Only me")),
)
TEXTS = ("ign", "current_rank", "region", "role", "platform")


class PassportForm(forms.Form):
    """Name, rank and the like; whether the name can be one of the game is the service's to say."""

    ign = forms.CharField(max_length=64)
    current_rank = forms.ChoiceField(label=_("Rank"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    platform = forms.ChoiceField(label=_("Platform"), required=False)
    visibility = forms.ChoiceField(
        label=_("Who sees it"),
        choices=VISIBILITIES,
        initial="public",
        help_text=_("As far as your privacy settings show passports at all."),
    )
    is_lft = forms.BooleanField(label=_("Looking for a team"), required=False)

    def __init__(self, data: Any, *, game: Row, passport: Row | None) -> None:
        super().__init__(data, initial=initial_of(passport))
        self.fields["ign"].label = game.identity_label[:1].upper() + game.identity_label[1:]
        self.fields["ign"].help_text = game.identity_hint
        choices = {
            "current_rank": game.ranks, "region": game.regions, "role": game.roles, "platform": PLATFORMS
        }  # fmt: skip
        for name, known in choices.items():
            self.choose(name, known, getattr(passport, name, ""))

    def choose(self, name: str, known: Any, present: str) -> None:
        """Offer what the game knows and what is set already; without any there is nothing to ask."""
        words = [*known, *([present] if present and present not in known else [])]
        if not words:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Not said")), *((word, word) for word in words)]


def initial_of(passport: Row | None) -> dict[str, Any] | None:
    """Return what the form shows of a passport that is there."""
    names = (*TEXTS, "visibility", "is_lft")
    return None if passport is None else {name: getattr(passport, name) for name in names}
