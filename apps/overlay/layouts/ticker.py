"""The latest achievements: of a player, or of all who play in a tournament."""

from datetime import UTC, datetime
from typing import Any

from apps.live.channels import State
from apps.overlay.layouts.subject import NAMES, Layout, Subject, idle
from apps.tournaments.selectors import broadcast
from apps.user_profile import selectors as players
from apps.user_profile.selectors import PlayerCard
from apps.user_profile.selectors.achievements import Unlocked, latest_of, shows
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, seen_by
from apps.webhooks.messages.facts import SOMEBODY, absolute, achievement
from apps.webhooks.messages.standard import timestamp

FIELDS = ("avatar", "description", "rarity")
ITEMS_MAX = 10
# Of a crowd so many more are read than are shown: some of them hide theirs.
SPARE = 40


def hears(subject: Subject) -> frozenset[str]:
    """Return whose events change it; of a tournament those of anybody, its players are many."""
    if subject.is_player:
        return frozenset({subject.heard})
    changes = {"achievement_unlocked", "achievement_revoked", "privacy_changed", "user_erased"}
    return frozenset({subject.heard, *NAMES, *(f"type:{each}" for each in changes)})


def facts(subject: Subject) -> tuple[Unlocked, ...]:
    """Return who unlocked what, also what is hidden: `show` decides."""
    who = [subject.id] if subject.is_player else broadcast.player_ids_of(subject.id)
    return tuple(latest_of(who, ITEMS_MAX + SPARE))


def show(subject: Subject, facts: tuple[Unlocked, ...], fields: tuple[str, ...]) -> State:
    """Return what anybody may see of it now."""
    seen = seen_by(ANONYMOUS, {each.user_id for each in facts})
    shown = [
        each for each in facts if seen[each.user_id].shows(Part.CARD) and shows(seen[each.user_id], each.code)
    ]
    cards = players.cards(each.user_id for each in shown)
    items = [told(cards[each.user_id], each, fields) for each in shown if each.user_id in cards]
    return {"layout": "ticker", "idle": False, "items": items[:ITEMS_MAX]} if items else idle("ticker")


def told(card: PlayerCard, unlocked: Unlocked, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return one achievement."""
    title, description, rarity = achievement(unlocked.code)
    user: dict[str, Any] = {"username": card.username, "display_name": card.display_name}
    found: dict[str, Any] = {"code": unlocked.code, "title": title}
    if "avatar" in fields:
        user["avatar_url"] = absolute(card.avatar_url)
    if "description" in fields:
        found["description"] = description
    if "rarity" in fields:
        found["rarity"] = rarity.value
    return {"user": user, "achievement": found, "timestamp": timestamp(unlocked.at)}


def example(fields: tuple[str, ...]) -> State:
    """Return an achievement of somebody who does not exist."""
    unlocked = Unlocked(0, "FIRST_TOURNAMENT_WIN", datetime(2026, 1, 1, tzinfo=UTC))
    return {"layout": "ticker", "idle": False, "items": [told(SOMEBODY, unlocked, fields)]}


LAYOUT = Layout(FIELDS, hears, facts, show, example)
