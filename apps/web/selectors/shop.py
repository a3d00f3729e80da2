"""The shop, and what a player has from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.economy import selectors as economy
from apps.economy.selectors import AVATAR_FRAME, BADGE, BANNER
from apps.user_profile import selectors as profiles
from apps.web.selectors import Row


@dataclass(frozen=True)
class Owned:
    """Something in an inventory, with what the shop calls it."""

    id: int
    item: Row
    is_shown: bool


@dataclass(frozen=True)
class Showpieces:
    """What of his items a player shows on his profile."""

    badges: Sequence[Row] = ()
    frame: Row | None = None
    banner: Row | None = None


def showpieces_of(user_id: int) -> Showpieces:
    """Return what a player shows. One query."""
    items = economy.items_among(profiles.ids_of_items_shown(user_id))
    worn = {item.item_type: item for item in items}
    badges = [item for item in items if item.item_type == BADGE]
    return Showpieces(badges, worn.get(AVATAR_FRAME), worn.get(BANNER))


def owned_by(user_id: int) -> Sequence[Owned]:
    """Return what a player owns. Two queries, one for nothing."""
    rows = profiles.inventory_of(user_id)
    named = economy.items_among({row.item_id for row in rows}) if rows else []
    items = {item.pk: item for item in named}
    return [
        Owned(row.pk, items[row.item_id], row.shown_at is not None) for row in rows if row.item_id in items
    ]
