"""What identity does, after the commit, about what happened elsewhere."""

from datetime import time, timedelta
from typing import Any

from apps.community.signals import new_post_created
from apps.economy.signals import item_purchased, item_refunded, transaction_completed
from apps.events import Event, subscriber
from apps.events.schedule import periodic
from apps.gamification.signals import level_up
from apps.user_profile.services import (
    achievement_digests,
    achievement_service,
    activity,
    coins,
    deletion,
    follow_counts,
    inventory,
    profiles,
    recount,
    stats,
)
from apps.user_profile.signals import achievement_unlocked, user_followed, user_unfollowed


@subscriber(*activity.LOGGED, since="beginning", batch=True)
def log_activity(events: list[Event], **_: Any) -> None:
    """Show on the profile what its player did."""
    activity.log_events(events)


@subscriber(new_post_created, since="beginning", batch=True)
def log_posts(events: list[Event], **_: Any) -> None:
    """Show on the profile what its player posted."""
    activity.log_posts(events)


@subscriber(*stats.COUNTED, since="beginning", batch=True, reset=stats.empty)
def count_stats(events: list[Event], **_: Any) -> None:
    """Add to the player's statistics."""
    stats.count(events)


@periodic(at=time(hour=4, minute=40), snapshot=True)
def recount_stats() -> None:
    """Put right what drifted from its source."""
    recount.recount()


@subscriber(user_followed, user_unfollowed, since="beginning", batch=True, reset=follow_counts.empty)
def count_follows(events: list[Event], **_: Any) -> None:
    """Add to the counts of followers and of followed players."""
    follow_counts.count(events)


@periodic(at=time(hour=4, minute=20))
def sweep_avatars() -> None:
    """Delete the pictures that nobody has any more."""
    profiles.sweep_avatars()


@subscriber(transaction_completed, since="beginning", batch=True)
def log_coins(events: list[Event], **_: Any) -> None:
    """Show prizes on the profile, and the rest to their player."""
    coins.log(events)


@subscriber(transaction_completed, since="beginning", batch=True, reset=coins.empty)
def count_earnings(events: list[Event], **_: Any) -> None:
    """Add prizes to what the player has earned."""
    coins.count(events)


@periodic(every=timedelta(hours=1))
def delete_accounts() -> None:
    """Delete the accounts whose players wanted it and did not come back."""
    deletion.carry_out_due()


@subscriber(level_up, since="beginning", batch=True)
def reach_levels(events: list[Event], **_: Any) -> None:
    """Unlock the badges of levels."""
    achievement_service.reach_levels(events)


@subscriber(achievement_unlocked, since="beginning", batch=True, replay="refuse")
def remember_told(events: list[Event], **_: Any) -> None:
    """Remember which achievements were told when they came, so that no digest tells them again."""
    achievement_digests.remember(events)


@subscriber(item_purchased, item_refunded, since="beginning")
def keep_inventory(event: Event, **_: Any) -> None:
    """Put into the inventory what was bought, and take out what was given back."""
    inventory.apply(event)
