"""What overlays do in the same transaction about what happens."""

from typing import Any

from django.dispatch import receiver

from apps.events.signals import user_erased
from apps.overlay.models import Overlay


@receiver(user_erased)
def forget(sender: Any, user_id: int, **_: Any) -> None:
    """Delete the overlays of somebody who is forgotten, and those about him."""
    Overlay.objects.filter(owner=user_id).delete()
    Overlay.objects.filter(player=user_id).delete()
