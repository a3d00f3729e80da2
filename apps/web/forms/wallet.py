"""Forms of the wallet."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.economy.selectors import KINDS, Filters
from apps.economy.services.ledger import AMOUNT_MAX

DAY = forms.DateInput(attrs={"type": "date"})


def drawn_key() -> str:
    """Return a key for a form that must not do its work twice."""
    return uuid4().hex


class TransferForm(forms.Form):
    """Coins for somebody else. `key` is drawn when the form is shown: sent twice, it sends once."""

    to = forms.CharField(
        label=gettext_lazy("To"), max_length=30, help_text=gettext_lazy("The player's username, without @.")
    )
    amount = forms.IntegerField(label=gettext_lazy("DeltaCoins"), min_value=1, max_value=AMOUNT_MAX)
    key = forms.CharField(widget=forms.HiddenInput, initial=drawn_key)

    def sent_before(self) -> None:
        """Say that the form was sent with other values, from another tab or after a step back; draw a key."""
        self.add_error(None, _("This form was sent before, with other values. Check it, and send it again."))
        self.data = {name: self.data[name] for name in self.data} | {"key": drawn_key()}


class StatementForm(forms.Form):
    """Which lines of a statement are wanted."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *KINDS]
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DAY)

    def filters(self) -> Filters:
        """Return what was chosen; what is no choice filters nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        return Filters(**{name: value for name, value in chosen.items() if value})
