"""Forms of overlays: a new one, and how it looks."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.overlay import options
from apps.overlay.layouts import LAYOUTS
from apps.overlay.limits import NAME_CHARS_MAX
from apps.overlay.options import BadOptions
from apps.overlay.selectors import Overlay
from apps.tournaments import selectors as tournaments
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import ANONYMOUS, Part

ME, PLAYER, TOURNAMENT = "me", "player", "tournament"
WHICH_CHARS_MAX = 120
DEFAULTS = {"theme": "dark", "accent": options.ACCENT_DEFAULT, "delay": "0", "anim": "on"}


class NewOverlayForm(forms.Form):
    """A new overlay: what it is called, and about whom or what it is."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_CHARS_MAX,
        help_text=gettext_lazy("For you alone, so that you know it again."),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("It is about"),
        choices=[
            (ME, gettext_lazy("Me")),
            (PLAYER, gettext_lazy("Another player")),
            (TOURNAMENT, gettext_lazy("A tournament")),
        ],
    )
    which = forms.CharField(
        label=gettext_lazy("Which one"),
        required=False,
        max_length=WHICH_CHARS_MAX,
        help_text=gettext_lazy("A username, or the last part of a tournament's address."),
    )

    def clean(self) -> dict[str, Any]:
        """Find whom or what it is about, as anybody can find it."""
        about, which = self.cleaned_data.get("about"), self.cleaned_data.get("which", "").strip().lstrip("@")
        self.subject: dict[str, int] = {}
        if about == PLAYER:
            user_id = players.id_showing(ANONYMOUS, which, Part.CARD)
            self.found("player_id", user_id, _("There is no such player."))
        elif about == TOURNAMENT:
            tournament = tournaments.tournament_by_slug(which)
            self.found(
                "tournament_id", tournament.pk if tournament else None, _("There is no such tournament.")
            )
        return self.cleaned_data

    def found(self, name: str, pk: int | None, complaint: str) -> None:
        """Note what was found, or that nothing was."""
        if pk is None:
            self.add_error("which", complaint)
        else:
            self.subject[name] = pk


class OptionsForm(forms.Form):
    """How an overlay looks: everything that its address may say."""

    layout = forms.ChoiceField(label=gettext_lazy("Layout"), choices=())
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"),
        choices=[
            ("dark", gettext_lazy("Dark")),
            ("light", gettext_lazy("Light")),
            ("clear", gettext_lazy("Clear: no panel, outlined letters")),
        ],
    )
    accent = forms.CharField(
        label=gettext_lazy("Accent"),
        max_length=6,
        help_text=gettext_lazy("Six hexadecimal digits, like f0b429."),
    )
    delay = forms.CharField(
        label=gettext_lazy("Delay in seconds"),
        max_length=3,
        help_text=gettext_lazy("As late as your broadcast. Names and privacy are never late."),
    )
    anim = forms.ChoiceField(
        label=gettext_lazy("Animation"), choices=[("on", gettext_lazy("On")), ("off", gettext_lazy("Off"))]
    )
    fields_shown = forms.MultipleChoiceField(
        label=gettext_lazy("Shown"), widget=forms.CheckboxSelectMultiple, choices=(), required=False
    )

    def __init__(self, data: QueryDict, overlay: Overlay) -> None:
        self.overlay = overlay
        possible = options.layouts_of(overlay)
        given = data.copy()
        for name, value in {"layout": possible[0], **DEFAULTS}.items():
            given.setdefault(name, value)
        self.possible = LAYOUTS[given["layout"] if given["layout"] in possible else possible[0]].FIELDS
        # Fields of the layout that was chosen before are no fault.
        kept = [each for each in given.getlist("fields_shown") if each in self.possible]
        given.setlist("fields_shown", kept or [*self.possible])
        super().__init__(given)
        layouts: Any = self.fields["layout"]
        layouts.choices = [(each, each.capitalize()) for each in possible]
        shown: Any = self.fields["fields_shown"]
        shown.choices = [(each, each.replace("_", " ").capitalize()) for each in self.possible]

    def clean(self) -> dict[str, Any]:
        """Refuse what the overlay itself would refuse."""
        try:
            options.read(self.query(), self.overlay)
        except BadOptions as bad:
            for name, text in bad.errors.items():
                if not self.has_error(name):
                    self.add_error(name if name in self.fields else None, text)
        return self.cleaned_data

    def query(self) -> dict[str, str]:
        """Return what the address has to say; what goes without saying is left out."""
        data = self.cleaned_data
        query = {name: data[name] for name in ("layout", *DEFAULTS) if name in data}
        shown = data.get("fields_shown") or list(self.possible)
        query["fields"] = "" if len(shown) == len(self.possible) else ",".join(shown)
        query = {name: value for name, value in query.items() if value != DEFAULTS.get(name, "")}
        if query.get("layout") == options.layouts_of(self.overlay)[0]:
            del query["layout"]
        return query
