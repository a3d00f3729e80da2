"""A player's figures in brief, for what shows them beside a game: messages, overlays."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.api import statements
from apps.user_profile.selectors.passports import IN_ORDER, visibilities_for
from apps.user_profile.selectors.privacy import Part, Seen

FIGURES = f"""
SELECT wanted.id, stats.tournaments_played, stats.matches_won,
       (SELECT json_agg(json_build_array(passport.visibility, passport.current_rank)
                        ORDER BY {IN_ORDER})::text
          FROM user_profile_gameprofile AS passport JOIN games_game AS game ON game.id = passport.game_id
         WHERE passport.user_id = wanted.id)
  FROM unnest(%(user_ids)s::bigint[]) AS wanted (id)
  LEFT JOIN user_profile_userprofilestats AS stats ON stats.user_id = wanted.id
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums, and the ranks of the passports in order, each with who may see it; None is hidden."""

    tournaments_played: int | None = 0
    matches_won: int | None = 0
    ranks: tuple[tuple[str, str], ...] = ()

    @property
    def current_rank(self) -> str | None:
        """The rank in the first game that has one."""
        return next((rank for _visibility, rank in self.ranks if rank), None)

    def shown_to(self, seen: Seen) -> "Figures":
        """Return what of it a viewer may see."""
        visible = visibilities_for(seen)
        return replace(
            self,
            tournaments_played=self.tournaments_played if seen.shows(Part.TOURNAMENTS) else None,
            matches_won=self.matches_won if seen.shows(Part.STATS) else None,
            ranks=tuple(each for each in self.ranks if each[0] in visible),
        )


def figures_of(user_ids: Iterable[int]) -> dict[int, Figures]:
    """Return all figures of these players: `shown_to` says what a viewer may see. One query."""
    wanted = list(set(user_ids))
    found = statements.rows(FIGURES, {"user_ids": wanted}) if wanted else ()
    return {
        user_id: Figures(tournaments or 0, won or 0, tuple(map(tuple, json.loads(ranks or "[]"))))
        for user_id, tournaments, won, ranks in found
    }
