"""The economy's chapter: coins come, go round, and go; one prize is taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.economy.models import ItemType, ShopItem
from apps.economy.services import accounts, ledger, prizes, shop, wallets, winnings
from apps.economy.services.winnings import Win
from apps.user_profile.services.achievement_service import AchievementService


def tell(cast: Any) -> None:
    """Fill wallets, send coins, pay a prize and take another one back."""
    ada, bela, carl = cast.ids("ada", "bela", "carl")
    wallets.deposit(user_id=ada, amount=500, key="story")
    wallets.transfer(from_id=ada, to_id=bela, amount=120, key="story")
    wallets.withdraw(user_id=bela, amount=20, key="story")
    for user_id, amount in ((ada, 300), (carl, 80)):
        win = Win(f"story:{user_id}", user_id, amount, accounts.MINT, "Story prize")
        cast.things[f"prize of {user_id}"] = winnings.pay([win])[win.key]
    wallets.transfer(from_id=carl, to_id=ada, amount=50, key="story")
    # Claims are there when the places were heard of already.
    prizes.pay_due(now=datetime.now(UTC) + timedelta(days=2))
    ledger.reverse(cast.things[f"prize of {carl}"].pk, description="Story prize, taken back")
    AchievementService.unlock(ada, "CHAMPION")
    badge = ShopItem.objects.create(
        slug="story", name="Story badge", item_type=ItemType.BADGE, price=30, limit_per_player=2
    )
    for key in ("kept", "given back"):
        bought = shop.buy(user_id=ada, item_id=badge.pk, price=30, key=key)
    shop.refund(purchase_id=bought.pk)
