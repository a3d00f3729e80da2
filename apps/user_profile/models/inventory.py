"""What a player owns, and what of it he shows."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class InventoryItem(models.Model):
    """Something a player bought. `shown_at` is when he put it on his profile, null while it is in the bag."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inventory")
    item_id = models.PositiveBigIntegerField()
    item_type = models.CharField(max_length=12)
    purchase_id = models.PositiveBigIntegerField(null=True)
    event_id = models.UUIDField()
    acquired_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "user"], name="inventoryitem_once"),
            # Of frames and banners one at a time; badges are pinned beside each other.
            models.UniqueConstraint(
                fields=["user", "item_type"],
                condition=Q(shown_at__isnull=False) & ~Q(item_type="BADGE"),
                name="inventoryitem_one_equipped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_type} {self.item_id} of user {self.user_id}"
