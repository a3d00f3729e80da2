"""A player's figures in brief, for what shows them beside a game: messages, overlays."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.user_profile.models import GameProfile, UserProfileStats
from apps.user_profile.selectors.passports import visibilities_for
from apps.user_profile.selectors.privacy import Part, Seen


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
    """Return all figures of these players: `shown_to` says what a viewer may see. Two queries."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    ranks: dict[int, list[tuple[str, str]]] = defaultdict(list)
    passports = GameProfile.objects.filter(user_id__in=wanted).in_order()
    for user_id, visibility, rank in passports.values_list("user_id", "visibility", "current_rank"):
        ranks[user_id].append((visibility, rank))
    sums = UserProfileStats.objects.filter(user_id__in=wanted)
    found = {each[0]: each[1:] for each in sums.values_list("user_id", "tournaments_played", "matches_won")}
    return {user_id: Figures(*found.get(user_id, (0, 0)), tuple(ranks[user_id])) for user_id in wanted}
