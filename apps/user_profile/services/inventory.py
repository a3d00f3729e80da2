"""The inventory: what was bought comes into it once, and what the player shows of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.events import Event
from apps.user_profile.models import InventoryItem, User
from apps.user_profile.services import profiles

BADGE = "BADGE"
PINNED_MAX = 5


class NotYours(ValidationError):
    """The item is not in the player's inventory."""

    def __init__(self) -> None:
        super().__init__("This item is not in your inventory.", code="not_yours")


class TooManyPinned(ValidationError):
    """At most PINNED_MAX badges are pinned: take one off first."""

    def __init__(self) -> None:
        super().__init__(
            "You have pinned %(most)d badges. Take one off first.",
            code="too_many_pinned",
            params={"most": PINNED_MAX},
        )


def apply(event: Event) -> None:
    """Put what was bought into the inventory, or take out what was given back; a second time does nothing."""
    args = event.args
    if event.type == "item_refunded":
        InventoryItem.objects.filter(user_id=args["user_id"], purchase_id=args["purchase_id"]).delete()
    elif User.objects.filter(pk=args["user_id"]).exists():
        item = InventoryItem(
            user_id=args["user_id"],
            item_id=args["item_id"],
            item_type=args["item_type"],
            purchase_id=args["purchase_id"],
            event_id=event.id,
            acquired_at=event.occurred_at,
        )
        InventoryItem.objects.bulk_create([item], ignore_conflicts=True)


@transaction.atomic
def show(*, user_id: int, inventory_id: int) -> InventoryItem:
    """Show an item on the profile: a frame or banner in place of another, a badge beside the others.

    Raises NotYours, TooManyPinned.
    """
    profiles.lock_many([user_id])
    item = InventoryItem.objects.filter(user_id=user_id, pk=inventory_id).first()
    if item is None:
        raise NotYours
    if item.shown_at is None:
        shown = InventoryItem.objects.filter(
            user_id=user_id, item_type=item.item_type, shown_at__isnull=False
        )
        if item.item_type != BADGE:
            shown.update(shown_at=None)
        elif shown.count() >= PINNED_MAX:
            raise TooManyPinned
        item.shown_at = timezone.now()
        item.save(update_fields=["shown_at"])
    return item


@transaction.atomic
def hide(*, user_id: int, inventory_id: int) -> None:
    """Take an item off the profile.

    Raises NotYours.
    """
    if not InventoryItem.objects.filter(user_id=user_id, pk=inventory_id).update(shown_at=None):
        raise NotYours
