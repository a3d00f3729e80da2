"""What notifications do in the same transaction about what happens."""

from typing import Any

from django.dispatch import receiver

from apps.events.signals import user_erased
from apps.notifications.services import notifications


@receiver(user_erased)
def forget(sender: Any, user_id: int, **_: Any) -> None:
    """Keep nothing of what somebody who is forgotten was told."""
    notifications.forget(user_id)
