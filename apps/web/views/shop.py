"""The shop and one's inventory."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.economy import selectors as economy
from apps.economy.services import shop as economy_shop
from apps.user_profile.services import inventory
from apps.web.forms.shop import PurchaseForm, ShowForm
from apps.web.forms.wallet import drawn_key
from apps.web.selectors.shop import owned_by
from apps.web.views.signed_in import signed_in


@never_cache
@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Show what can be bought, and what one has."""
    mine = request.user.pk
    context = {
        "items": economy.items_for_sale(),
        "owned": owned_by(mine) if mine is not None else [],
        "balance": economy.balance_of(mine) if mine is not None else None,
        "key": drawn_key(),
        "section": "shop",
        "title": _("Shop"),
        "description": _("Badges, avatar frames and banners for your profile, for DeltaCoins."),
    }
    return render(request, "web/pages/shop.html", context)


@login_required
@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """Buy an item."""
    form = PurchaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That was no item of the shop. Choose one below."))
        return redirect("web:shop")
    try:
        purchase = economy_shop.buy(user_id=signed_in(request), **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(item)s is yours.") % {"item": purchase.item.name})
    return redirect("web:shop")


@login_required
@require_POST
def showing(request: HttpRequest, inventory_id: int) -> HttpResponse:
    """Show an item on the profile, or take it off."""
    form = ShowForm(request.POST)
    change = inventory.show if form.is_valid() and form.cleaned_data["shown"] else inventory.hide
    try:
        change(user_id=signed_in(request), inventory_id=inventory_id)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("web:shop")
