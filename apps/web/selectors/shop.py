"""The shop, and what a player has from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.economy import selectors as economy
from apps.user_profile import selectors as profiles
from apps.web.selectors import Row


@dataclass(frozen=True)
class Owned:
    """Something in an inventory, with what the shop calls it."""

    id: int
    item: Row
    is_shown: bool


def owned_by(user_id: int, *, shown_only: bool = False) -> Sequence[Owned]:
    """Return what a player owns, or what of it he shows. Two queries, one for nothing."""
    rows = profiles.inventory_of(user_id, shown_only=shown_only)
    items = economy.items_named({row.item_id for row in rows}) if rows else {}
    return [
        Owned(row.pk, items[row.item_id], row.shown_at is not None) for row in rows if row.item_id in items
    ]
