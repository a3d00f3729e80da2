"""The form of who may enter a tournament, and when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.tournaments.services.tournaments import EDITABLE
from apps.web.forms.teams import RefusedForm

ORDER = (
    "title", "city", "starts_at", "ends_at", "entrants", "capacity", "approval", "squad_min", "squad_max",
    "regions", "rank_min", "rank_max", "closes_at", "check_in_opens_at", "check_in_closes_at",
    "report_minutes",
)  # fmt: skip
LABELS = {
    "title": _("The game's yearly title"),
    "city": _("City"),
    "starts_at": _("Begins"),
    "ends_at": _("Ends"),
}
HELP = {
    "capacity": _("Empty is no limit. Fewer places take nobody out; more are given to who waits, at once."),
    "regions": _("None is all of them."),
    "closes_at": _("Empty: when the tournament begins."),
    "check_in_opens_at": _("Both times, or neither: then there is no check-in."),
    "check_in_closes_at": _("Who has not checked in by then loses the place to the next in line."),
}
MINUTES = "%Y-%m-%dT%H:%M"


class ConditionsForm(RefusedForm):
    """What `tournaments.configure` changes, with the labels and limits of the tournament's own columns.

    Times are in UTC, to the minute.
    """

    def __init__(self, tournament: Any, *args: Any, **options: Any) -> None:
        options["initial"] = {name: getattr(tournament, name) for name in EDITABLE}
        super().__init__(*args, **options)
        for name in ORDER:
            field = self.field_of(tournament, name)
            field.label, field.help_text = LABELS.get(name, field.label), HELP.get(name, "")
            if isinstance(field, forms.DateTimeField):
                field.label = _("%(what)s (UTC)") % {"what": field.label}
                field.widget = forms.DateTimeInput({"type": "datetime-local"}, format=MINUTES)
            self.fields[name] = field

    @staticmethod
    def field_of(tournament: Any, name: str) -> forms.Field:
        """Return the field of a column; regions and ranks are those of the game."""
        column, game = tournament._meta.get_field(name), tournament.game
        if name == "regions":
            choices = [(region, region) for region in game.regions]
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(
                label=_("Regions"), choices=choices, widget=boxes, required=False
            )
        if name in ("rank_min", "rank_max"):
            ranks = [("", _("No limit")), *((rank, rank) for rank in game.ranks)]
            label = str(column.verbose_name).capitalize()
            return forms.ChoiceField(label=label, choices=ranks, required=False)
        field: forms.Field = column.formfield()
        return field

    def clean_check_in_closes_at(self) -> Any:
        """Refuse a time that is over: everybody who has not checked in would lose the place at once."""
        closes = self.cleaned_data["check_in_closes_at"]
        if "check_in_closes_at" in self.changed_data and closes is not None and closes <= timezone.now():
            raise forms.ValidationError(_("This time is over: who has not checked in would be out at once."))
        return closes

    def changes(self) -> dict[str, Any]:
        """Return what was changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
