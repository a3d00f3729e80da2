"""The books for operators: to read, and to adjust a wallet with a reason. Nothing here rewrites anything."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.economy.models import Account, Posting, Purchase, ShopItem, Transaction
from apps.economy.services import shop, wallets


class ReadOnly:
    """Rows that only the ledger writes."""

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts."""

    list_display = ["book", "user", "balance"]
    list_filter = ["book"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


class PostingInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The postings of a transaction."""

    model = Posting
    extra = 0


class AdjustmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A correction of a wallet by hand."""

    user_id = forms.IntegerField(min_value=1, label="Player's id")
    amount = forms.IntegerField(help_text="Below zero to take coins out.")
    description = forms.CharField(max_length=wallets.REASON_CHARS_MAX, label="Reason")
    # Drawn when the form is shown: sent twice, it adjusts once.
    key = forms.CharField(initial=lambda: uuid4().hex, widget=forms.HiddenInput)
    actor_id: int

    class Meta:
        model = Transaction
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Adjust the wallet: what it refuses is the form's error."""
        cleaned = super().clean() or {}
        if not self.errors:
            self.instance = wallets.adjust(
                user_id=cleaned["user_id"],
                amount=cleaned["amount"],
                reason=cleaned["description"],
                staff_id=self.actor_id,
                key=cleaned["key"],
            )
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row alone: the ledger has written it."""


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Transactions; a new one is an adjustment of a wallet."""

    list_display = ["pk", "kind", "description", "actor", "occurred_at", "reverses"]
    list_filter = ["kind"]
    list_select_related = ["actor", "reverses"]
    search_fields = ["key", "description"]
    date_hierarchy = "booked_at"
    inlines = [PostingInline]
    form = AdjustmentForm

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Let those adjust who may add transactions."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """Tell the form who adjusts."""
        form = super().get_form(request, obj, change, **options)
        form.actor_id = request.user.pk  # type: ignore[attr-defined]
        return form

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the postings of what is booked."""
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave the row alone: the ledger has written it."""


@admin.register(ShopItem)
class ShopItemAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What can be bought; what was sold once is hidden, not deleted."""

    list_display = ["name", "item_type", "price", "is_active", "limit_per_player"]
    list_filter = ["item_type", "is_active"]
    prepopulated_fields = {"slug": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Purchase)
class PurchaseAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Purchases, which can be taken back."""

    list_display = ["pk", "user", "item", "payment", "refund"]
    list_select_related = ["user", "item", "payment", "refund"]
    search_fields = ["user__username", "item__name"]
    actions = ["take_back"]

    @admin.action(description="Refund", permissions=["refund"])
    def take_back(self, request: HttpRequest, chosen: Any) -> None:
        """Return the coins of the chosen purchases that were not returned before."""
        purchases = list(chosen.filter(refund=None).order_by("pk"))
        for purchase in purchases:
            shop.refund(purchase_id=purchase.pk)
        self.message_user(request, f"{len(purchases)} refunded.")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Let those refund who may adjust wallets."""
        return request.user.has_perm("economy.add_transaction")
