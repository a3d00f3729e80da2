"""What webhooks do in the same transaction about what happens."""

from typing import Any

from django.dispatch import receiver

from apps.events.signals import user_erased
from apps.webhooks.services import deliveries


@receiver(user_erased)
def forget(sender: Any, user_id: int, **_: Any) -> None:
    """Keep nothing of what was sent about somebody who is forgotten."""
    deliveries.forget(user_id)
