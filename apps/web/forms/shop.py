"""Forms of the shop: they have buttons alone."""

from django import forms

from apps.economy.services.ledger import AMOUNT_MAX


class PurchaseForm(forms.Form):
    """An item, and the price that was seen. `key` is drawn with the page: sent twice, it buys once."""

    item_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    price = forms.IntegerField(min_value=1, max_value=AMOUNT_MAX)
    key = forms.CharField()


class ShowForm(forms.Form):
    """Whether an item is on the profile."""

    shown = forms.BooleanField(required=False)
