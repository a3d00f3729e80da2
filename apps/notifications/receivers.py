"""What notifications do in the same transaction about what happens."""

from typing import Any

from django.dispatch import receiver

from apps.events.signals import user_erased
from apps.notifications.services import notifications
from apps.user_profile.signals import user_blocked, user_muted


@receiver(user_erased)
def forget(sender: Any, user_id: int, **_: Any) -> None:
    """Keep nothing of what somebody who is forgotten was told."""
    notifications.forget(user_id)


@receiver(user_blocked)
def end_between(sender: Any, user_id: int, blocked_id: int, **_: Any) -> None:
    """Tell neither side of a block of the other, from the next answer on."""
    notifications.end_between(user_id, blocked_id)


@receiver(user_muted)
def end_of(sender: Any, user_id: int, muted_id: int, **_: Any) -> None:
    """Tell nothing more of somebody who is muted, from the next answer on."""
    notifications.end_of(user_id, muted_id)
