"""Reads for pages and other apps, each in a fixed number of queries however much it returns.

What of it a viewer may see, `selectors.privacy` decides.
"""

from apps.user_profile.models.stats import kda_of
from apps.user_profile.selectors.figures import Figures, figures_of
from apps.user_profile.selectors.passports import aliases_of, passports_of, passports_shown
from apps.user_profile.selectors.players import (
    PlayerCard,
    Visit,
    activities_shown,
    activity_of,
    card,
    cards,
    cards_seen,
    greatest_id,
    id_showing,
    ids_of_items_shown,
    inventory_of,
    is_gone,
    names_of,
    newest_players,
    own_profile,
    player_count,
    profile_by_username,
    stats_of,
    usernames_between,
    visit,
    winners,
)

__all__ = [
    "Figures",
    "PlayerCard",
    "Visit",
    "activities_shown",
    "activity_of",
    "aliases_of",
    "card",
    "cards",
    "cards_seen",
    "figures_of",
    "greatest_id",
    "id_showing",
    "ids_of_items_shown",
    "inventory_of",
    "is_gone",
    "kda_of",
    "names_of",
    "newest_players",
    "own_profile",
    "passports_of",
    "passports_shown",
    "player_count",
    "profile_by_username",
    "stats_of",
    "usernames_between",
    "visit",
    "winners",
]
