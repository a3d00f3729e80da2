"""The achievements there are, as data: each is a goal that one of a player's figures reaches.

A new one is a line here. `events rebuild user_profile.count_stats` (`count_earnings` for one of earnings,
`count_follows` for one of followers) gives it to all who earned it before, silently; `tell_achievements`
tells each of them so, at once. What a figure tells of its player, `selectors.achievements.FIGURES` says.
"""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Rarity(TextChoices):
    """How hard an achievement is to get."""

    COMMON = "common", _("common")
    RARE = "rare", _("rare")
    EPIC = "epic", _("epic")
    LEGENDARY = "legendary", _("legendary")


@dataclass(frozen=True, slots=True)
class Achievement:
    """What is unlocked when a figure of a player, `measure`, reaches `goal`.

    Figures are his statistics, his `lifetime_earnings`, his `level` and his `followers`.
    """

    code: str
    title: str | Promise
    description: str | Promise
    rarity: Rarity
    measure: str
    goal: int = 1


C, R, E, L = Rarity.COMMON, Rarity.RARE, Rarity.EPIC, Rarity.LEGENDARY

ACHIEVEMENTS = (
    Achievement("TOURNAMENT_ROOKIE", _("Rookie"), _("Entered a first tournament"), C, "tournaments_played"),
    Achievement("TOURNAMENT_VETERAN", _("Veteran"), _("Entered 10 tournaments"), R, "tournaments_played", 10),
    Achievement("TOURNAMENT_GRINDER", _("Grinder"), _("Entered 50 tournaments"), E, "tournaments_played", 50),
    Achievement(
        "TOURNAMENT_COMPETITOR", _("Competitor"), _("Entered 100 tournaments"), L, "tournaments_played", 100
    ),
    Achievement(
        "FIRST_TOURNAMENT_WIN", _("Tournament Champion"), _("Won first tournament"), R, "tournaments_won"
    ),
    Achievement("TRIPLE_CROWN", _("Triple Crown"), _("Won 3 tournaments"), R, "tournaments_won", 3),
    Achievement("CHAMPION", _("Champion"), _("Won 10 tournaments"), E, "tournaments_won", 10),
    Achievement("LEGEND", _("Legend"), _("Won 25 tournaments"), L, "tournaments_won", 25),
    Achievement("TOURNAMENT_TOP1", _("First Blood"), _("Finished a tournament first"), C, "tournaments_won"),
    Achievement("TOURNAMENT_TOP2", _("Runner Up"), _("Finished a tournament second"), C, "runner_ups"),
    Achievement("TOURNAMENT_TOP3", _("Bronze Medalist"), _("Finished a tournament third"), C, "third_places"),
    Achievement("CONSISTENT", _("Consistent"), _("Finished 5 tournaments in the top 3"), R, "podiums", 5),
    Achievement("FIRST_MATCH_WIN", _("First Victory"), _("Won a first match"), C, "matches_won"),
    Achievement("FIRST_EARNINGS", _("First Earnings"), _("Won a first prize"), C, "lifetime_earnings"),
    Achievement("BIG_EARNER", _("Big Earner"), _("Won 10,000 DC"), E, "lifetime_earnings", 10_000),
    Achievement("BIG_SPENDER", _("Big Spender"), _("Spent 1,000 DC in the shop"), R, "coins_spent", 1_000),
    Achievement("WHALE", _("Whale"), _("Spent 10,000 DC in the shop"), E, "coins_spent", 10_000),
    Achievement("MOGUL", _("Mogul"), _("Spent 50,000 DC in the shop"), L, "coins_spent", 50_000),
    Achievement("LEVEL_10", _("Level 10"), _("Reached level 10"), C, "level", 10),
    Achievement("LEVEL_25", _("Level 25"), _("Reached level 25"), R, "level", 25),
    Achievement("LEVEL_50", _("Level 50"), _("Reached level 50"), E, "level", 50),
    Achievement("LEVEL_100", _("Level 100"), _("Reached level 100"), L, "level", 100),
    Achievement("TEAM_PLAYER", _("Team Player"), _("Joined a team"), C, "teams_joined"),
    Achievement("INFLUENCER", _("Influencer"), _("Followed by 100 players"), R, "followers", 100),
    Achievement("CELEBRITY", _("Celebrity"), _("Followed by 500 players"), E, "followers", 500),
    Achievement("ICON", _("Icon"), _("Followed by 1,000 players"), L, "followers", 1_000),
)
BY_CODE = {each.code: each for each in ACHIEVEMENTS}
BY_MEASURE = {
    measure: tuple(each)
    for measure, each in groupby(
        sorted(ACHIEVEMENTS, key=lambda one: one.measure), key=lambda one: one.measure
    )
}
