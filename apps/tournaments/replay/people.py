"""The players and teams of published results, as accounts, passports, teams and rosters here."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from apps.teams import selectors as team_reads
from apps.teams.services import roster
from apps.tournaments.models import SourceName
from apps.user_profile.services import accounts, passports

USERNAME_CHARS_MAX = 30
# Beyond so many taken usernames something else is wrong.
USERNAMES_TRIED_MAX = 1000


class People:
    """Finds the players and teams of a season by their published names, and makes those that are new."""

    def __init__(self, game_id: int) -> None:
        self.game_id = game_id
        known = SourceName.objects.values_list("kind", "name", "user_id", "team_id")
        self.players: dict[str, int] = {name: user for _, name, user, _ in known if user}
        self.teams: dict[str, int] = {name: team for _, name, _, team in known if team}
        # The team that each player was fielded with last in this run; 0 for one who has just signed up.
        self.seen_with: dict[int, int] = {}

    def player(self, name: str) -> int:
        """Return the account of a player; a new one signs up and adds his passport."""
        if name not in self.players:
            user_id = sign_up(name)
            passports.add(user_id=user_id, game_id=self.game_id, ign=name)
            SourceName.objects.create(kind=SourceName.Kind.PLAYER, name=name, user_id=user_id)
            self.players[name] = user_id
            self.seen_with[user_id] = 0
        return self.players[name]

    def team(self, name: str) -> int:
        """Return the team of a name; a new one is founded."""
        if name not in self.teams:
            team = roster.create_team(name=name, game_id=self.game_id)
            self.know_team(name, team.pk)
        return self.teams[name]

    def know_team(self, name: str, team_id: int) -> None:
        """Know a team by one more name."""
        SourceName.objects.create(kind=SourceName.Kind.TEAM, name=name, team_id=team_id)
        self.teams[name] = team_id

    def rename_team(self, team: str, new: str) -> bool:
        """Rename a team, unless it was done before or the new name is another team's; tell whether it was."""
        if new in self.teams:
            return False
        team_id = self.team(team)
        roster.rename(team_id=team_id, name=new)
        self.know_team(new, team_id)
        return True

    def field(self, team_id: int, player_ids: Iterable[int]) -> int:
        """Seat players who are seen with a team, after they have left the team they came from.

        Return how many changed teams.
        """
        player_ids = list(player_ids)
        if all(self.seen_with.get(user_id) == team_id for user_id in player_ids):
            return 0
        seated = {seat["user_id"] for seat in team_reads.get_team_roster(team_id)}
        moved = 0
        for user_id in player_ids:
            if user_id not in seated:
                moved += self.seen_with.get(user_id) != 0 and self.leave_others(user_id)
                roster.join(team_id=team_id, user_id=user_id)
            self.seen_with[user_id] = team_id
        return moved

    def leave_others(self, user_id: int) -> bool:
        """Leave the teams of this season, and of its game: one plays in one team of a game."""
        ours = set(self.teams.values())
        seats = [seat for seat in team_reads.memberships_of(user_id) if seat.is_active]
        left = [seat.team_id for seat in seats if seat.team_id in ours or seat.game_id == self.game_id]
        for team_id in left:
            roster.leave(team_id=team_id, user_id=user_id)
        return bool(left)


def sign_up(name: str) -> int:
    """Make an account for a published name and return its id.

    The username is the name as far as it can be one; where it is taken, a number is added.
    """
    for username in usernames(name):
        try:
            return accounts.sign_up(username=username, display_name=name).pk
        except ValidationError as error:
            # The rule "unique in any case" speaks for the whole row.
            if not {"username", NON_FIELD_ERRORS} & getattr(error, "error_dict", {}).keys():
                raise
    raise RuntimeError(f"{USERNAMES_TRIED_MAX} usernames like {name} are taken")


def usernames(name: str) -> Iterator[str]:
    """Yield the usernames to try for a name: `Zer0`, then `Zer0-2`, `Zer0-3` ..."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-.")[: USERNAME_CHARS_MAX - 5]
    if len(base) < 2:
        base = f"player-{base or 1}"
    numbers = count(2)
    yield base
    for _ in range(USERNAMES_TRIED_MAX):
        yield f"{base}-{next(numbers)}"
