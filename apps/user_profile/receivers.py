"""What identity does, inside the same transaction, about what happens elsewhere."""

from typing import Any

from django.dispatch import receiver

from apps.economy.signals import wallet_balance_changed
from apps.user_profile.services import coins


@receiver(wallet_balance_changed)
def keep_balance(sender: Any, user_id: int, new_balance: int, **_: Any) -> None:
    """Let the profile say what the wallet holds."""
    coins.keep_balance(user_id, new_balance)
