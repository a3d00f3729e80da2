"""Which events can be had outside, and what of a player each of them tells.

An event is offered only when it is named here: one that somebody adds says nothing outside by accident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.economy.signals import transaction_completed
from apps.events import DomainEvent
from apps.gamification.signals import level_up
from apps.monitoring.signals import alert_opened, alert_resolved
from apps.teams.signals import team_created, team_renamed, team_role_changed, user_joined_team, user_left_team
from apps.tournaments.signals import (
    match_won,
    tournament_check_in_asked,
    tournament_completed,
    tournament_dispute_decided,
    tournament_dispute_opened,
    tournament_match_completed,
    tournament_match_ready,
    tournament_match_retracted,
    tournament_match_started,
    tournament_placement,
    tournament_placement_retracted,
    tournament_prizes_announced,
    tournament_registered,
    tournament_started,
    tournament_waitlist_promoted,
    tournament_withdrawn,
)
from apps.user_profile.selectors.achievements import parts_told
from apps.user_profile.selectors.privacy import Part
from apps.user_profile.signals import (
    achievement_revoked,
    achievement_unlocked,
    avatar_changed,
    display_name_changed,
    game_passport_added,
    game_passport_deleted,
    game_passport_updated,
    profile_updated,
    stats_updated,
    user_followed,
    user_unfollowed,
    username_changed,
)
from apps.webhooks.models import Owner

type AnyEvent = DomainEvent[...]

# Event -> what it tells of the player whom it is about; empty where it is about no player.
PARTS: Mapping[AnyEvent, frozenset[Part]] = {
    display_name_changed: frozenset({Part.CARD}),
    username_changed: frozenset({Part.CARD}),
    avatar_changed: frozenset({Part.CARD}),
    profile_updated: frozenset({Part.PROFILE}),
    game_passport_added: frozenset({Part.GAME_IDS}),
    game_passport_updated: frozenset({Part.GAME_IDS}),
    game_passport_deleted: frozenset({Part.GAME_IDS}),
    user_followed: frozenset({Part.FOLLOWING_LIST}),
    user_unfollowed: frozenset({Part.FOLLOWING_LIST}),
    achievement_unlocked: frozenset({Part.ACHIEVEMENTS}),
    achievement_revoked: frozenset({Part.ACHIEVEMENTS}),
    level_up: frozenset({Part.LEVEL_XP}),
    stats_updated: frozenset({Part.STATS}),
    transaction_completed: frozenset({Part.WALLET}),
    team_created: frozenset(),
    team_renamed: frozenset(),
    user_joined_team: frozenset({Part.TEAMS}),
    user_left_team: frozenset({Part.TEAMS}),
    team_role_changed: frozenset({Part.TEAMS}),
    tournament_registered: frozenset({Part.TOURNAMENTS}),
    tournament_check_in_asked: frozenset({Part.TOURNAMENTS}),
    tournament_match_ready: frozenset({Part.MATCH_HISTORY}),
    tournament_match_started: frozenset({Part.MATCH_HISTORY}),
    tournament_dispute_opened: frozenset({Part.MATCH_HISTORY}),
    tournament_dispute_decided: frozenset({Part.MATCH_HISTORY}),
    tournament_withdrawn: frozenset({Part.TOURNAMENTS}),
    tournament_waitlist_promoted: frozenset({Part.TOURNAMENTS}),
    tournament_match_completed: frozenset({Part.MATCH_HISTORY}),
    tournament_match_retracted: frozenset({Part.MATCH_HISTORY}),
    match_won: frozenset({Part.MATCH_HISTORY}),
    tournament_placement: frozenset({Part.TOURNAMENTS}),
    tournament_placement_retracted: frozenset({Part.TOURNAMENTS}),
    tournament_completed: frozenset({Part.TOURNAMENTS}),
    tournament_prizes_announced: frozenset(),
    alert_opened: frozenset(),
    alert_resolved: frozenset(),
    tournament_started: frozenset(),
}


def parts_of(event: AnyEvent, arguments: Mapping[str, Any]) -> frozenset[Part]:
    """Return what an event tells of whom it is about; an achievement also tells what it follows from."""
    code = arguments.get("achievement_code")
    return PARTS[event] if code is None else PARTS[event] | parts_told(code)


# For operators: endpoints of the platform alone.
OPERATIONAL: frozenset[str] = frozenset({alert_opened.name, alert_resolved.name})


def is_for(owner: str, event: AnyEvent) -> bool:
    """Tell whether an endpoint of such an owner can be told of an event: money, only of its player's own."""
    if event.name in OPERATIONAL:
        return owner == Owner.PLATFORM
    return owner == Owner.USER or Part.WALLET not in PARTS[event]


# What a channel can be told; the composer knows how.
DISCORD: frozenset[AnyEvent] = frozenset(
    {
        achievement_unlocked,
        alert_opened,
        alert_resolved,
        level_up,
        tournament_completed,
        tournament_check_in_asked,
        tournament_dispute_decided,
        tournament_dispute_opened,
        tournament_match_completed,
        tournament_match_ready,
        tournament_match_retracted,
        tournament_match_started,
        tournament_placement,
        tournament_placement_retracted,
        tournament_registered,
        tournament_started,
        tournament_withdrawn,
        user_joined_team,
        user_left_team,
    }
)
OFFERED: Mapping[str, AnyEvent] = {event.name: event for event in sorted(PARTS, key=lambda each: each.name)}
# What a channel is told of a player himself; the rest is of records, where a name stays.
PERSONAL: frozenset[str] = frozenset(
    {achievement_unlocked.name, level_up.name, user_joined_team.name, user_left_team.name}
)
FOR_DISCORD: frozenset[str] = frozenset(event.name for event in DISCORD)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an event that holds the id of something that has a name."""

    argument: str
    kind: str


def arguments(event: AnyEvent) -> list[Argument]:
    """Return the arguments of an event that are ids of players, teams or tournaments."""
    found = [Argument(name, "user") for name in event.user_arguments]
    for kind in ("team", "tournament"):
        if f"{kind}_id" in event.hints:
            found.append(Argument(f"{kind}_id", kind))
    return found
