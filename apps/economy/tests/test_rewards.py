"""Rewards of achievements, and the achievements of money and levels."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.economy import selectors
from apps.economy.models import ItemType, Kind, ShopItem, Transaction
from apps.economy.rewards import REWARDS
from apps.economy.services import ledger, proof, rewards, shop, wallets, winnings
from apps.economy.services.accounts import MINT
from apps.economy.services.winnings import Win
from apps.events import Event
from apps.events.envelope import uuid7
from apps.events.testing import emitted
from apps.gamification.signals import level_up
from apps.user_profile.achievements import BY_CODE
from apps.user_profile.models import UserAchievement, UserProfile, UserProfileStats
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.signals import achievement_revoked, achievement_unlocked
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> int:
    """Return a player without coins."""
    return create_user("ada").pk


def held(user_id: int) -> set[str]:
    """Return the codes of what a player holds."""
    return set(UserAchievement.objects.held().filter(user_id=user_id).values_list("code", flat=True))


def test_rewards_are_for_achievements_that_there_are() -> None:
    assert REWARDS.keys() <= BY_CODE.keys()
    assert all(1 <= amount <= ledger.AMOUNT_MAX for amount in REWARDS.values())


def test_an_achievement_is_rewarded_once(ada: int) -> None:
    AchievementService.unlock(ada, "CHAMPION")
    AchievementService.unlock(ada, "TEAM_PLAYER")
    assert selectors.balance_of(ada) == REWARDS["CHAMPION"]
    with emitted() as events:
        achievement_unlocked.send(sender=None, user_id=ada, achievement_code="CHAMPION")
    assert [event.event_type for event in events] == ["achievement_unlocked"]
    [paid] = Transaction.objects.all()
    assert paid.kind == Kind.REWARD
    # Only prizes are earnings.
    assert UserProfile.objects.get(user_id=ada).lifetime_earnings == 0


def test_the_reward_of_a_revoked_achievement_goes_back_also_when_it_is_spent(ada: int) -> None:
    AchievementService.unlock(ada, "CHAMPION")
    wallets.transfer(from_id=ada, to_id=create_user().pk, amount=REWARDS["CHAMPION"], key="spent")
    AchievementService.revoke(ada, "CHAMPION", "Cheated.")
    for _ in range(2):
        achievement_revoked.send(sender=None, user_id=ada, achievement_code="CHAMPION", reason="Cheated.")
    assert (selectors.balance_of(ada), selectors.owed_by(ada)) == (0, REWARDS["CHAMPION"])
    proof.prove()


def test_levels_unlock_their_badges(ada: int) -> None:
    for level in (9, 10, 10, 25):
        level_up.send(sender=None, user_id=ada, level=level)
    assert held(ada) == {"LEVEL_10", "LEVEL_25"}
    assert selectors.balance_of(ada) == REWARDS["LEVEL_25"]


def test_who_is_not_there_reaches_no_level() -> None:
    level_up.send(sender=None, user_id=999_999_999, level=10)
    assert not UserAchievement.objects.exists()


def test_a_first_prize_is_an_achievement_until_it_is_taken_back(ada: int) -> None:
    win = Win("prize:test", ada, 10, MINT, "Prize")
    paid = winnings.pay([win])[win.key]
    assert held(ada) == {"FIRST_EARNINGS"}
    ledger.reverse(paid.pk, description="Prize, taken back")
    assert held(ada) == set()


def test_what_is_spent_in_the_shop_counts_until_it_is_given_back(ada: int) -> None:
    wallets.deposit(user_id=ada, amount=1000, key="first")
    item = ShopItem.objects.create(slug="throne", name="Throne", item_type=ItemType.BANNER, price=1000)
    purchase = shop.buy(user_id=ada, item_id=item.pk, price=1000, key="k")
    assert (held(ada), UserProfileStats.objects.get(user_id=ada).coins_spent) == ({"BIG_SPENDER"}, 1000)
    shop.refund(purchase_id=purchase.pk)
    assert (held(ada), UserProfileStats.objects.get(user_id=ada).coins_spent) == (set(), 0)


def heard(user_id: int, code: str) -> Event:
    """Return an event as a subscriber gets it."""
    args = {"user_id": user_id, "achievement_code": code}
    now, each = timezone.now(), uuid7()
    return Event(
        each, "achievement_unlocked", 1, f"user:{user_id}", user_id, now, now, None, each, None, 0, args
    )


def test_players_of_a_batch_are_locked_together(ada: int) -> None:
    bela, carl = (create_user().pk for _ in range(2))
    events = [heard(bela, "CHAMPION"), heard(carl, "TEAM_PLAYER"), heard(ada, "CHAMPION")]
    with CaptureQueriesContext(connection) as queries:
        rewards.settle(events)
    [lock] = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert f"{{{bela},{ada}}}" in lock or f"{{{ada},{bela}}}" in lock
