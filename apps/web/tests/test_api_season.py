"""Teams, tournaments and matches by API, with a season on them."""

from typing import Any

from apps.api.testing import assert_problem
from apps.teams.services import roster
from apps.user_profile.models import User
from apps.user_profile.services.privacy import update
from apps.web.tests.pages import SeasonCase, at_most

V1 = "/api/v1"
QUERIES_MAX = 6


class Season(SeasonCase):
    def read(self, path: str) -> Any:
        with at_most(QUERIES_MAX, path):
            answer = self.client.get(V1 + path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def all_of(self, path: str, limit: int) -> list[Any]:
        """Read a whole list, page by page."""
        items, cursor = [], None
        while True:
            more = f"&cursor={cursor}" if cursor else ""
            page = self.read(f"{path}?limit={limit}{more}")
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    def test_teams(self) -> None:
        teams = self.all_of("/teams/", 3)
        assert len(teams) == len({team["slug"] for team in teams}) == 8
        team = self.read("/teams/old-guard/")
        assert team.items() >= next(each for each in teams if each["slug"] == "old-guard").items()
        assert team["roster"][0]["role"] == "CAPTAIN"
        assert {"display_name", "role", "username", "avatar_url"} == team["roster"][0].keys()
        assert_problem(self.client.get(f"{V1}/teams/no-such-team/"), 404, "not-found")

    def test_of_who_is_hidden_the_roster_keeps_the_name(self) -> None:
        [seat] = [each for each in self.read("/teams/old-guard/")["roster"] if each["username"] == "Cleo"]
        User.objects.filter(username="Cleo").update(is_active=False)
        hidden = {**seat, "username": None, "avatar_url": None}
        assert hidden in self.read("/teams/old-guard/")["roster"]

    def test_teams_of_a_player(self) -> None:
        cleo = User.objects.get(username="Cleo")
        [seat] = self.read("/profiles/@cleo/teams/")["items"]
        assert (seat["team"]["slug"], seat["role"], seat["left_at"]) == ("old-guard", "CAPTAIN", None)
        team = self.season_team("old-guard")
        roster.leave(team_id=team, user_id=cleo.pk)
        assert self.read("/profiles/@cleo/teams/")["items"][0]["left_at"]
        update(user_id=cleo.pk, show_teams=False)
        assert_problem(self.client.get(f"{V1}/profiles/@cleo/teams/"), 404, "not-found")

    def season_team(self, slug: str) -> int:
        from apps.teams.selectors import team_by_slug

        team = team_by_slug(slug)
        assert team
        return team.pk

    def test_tournaments(self) -> None:
        names = [each["name"] for each in self.all_of("/tournaments/", 2)]
        assert sorted(names) == ["Crown League", "Delta Open", "Winter Cup"]
        found = self.read("/tournaments/delta-open/")
        assert (found["status"], found["standings"][0]["place_from"]) == ("COMPLETED", 1)
        assert found["standings"][0]["name"] == "Night Owls"
        assert_problem(self.client.get(f"{V1}/tournaments/no-such/"), 404, "not-found")

    def test_matches(self) -> None:
        matches = self.all_of("/tournaments/delta-open/matches/", 4)
        times = [match["played_at"] for match in matches]
        assert times == sorted(times, reverse=True)
        assert matches[0]["label"].startswith("Grand final")
        assert sum(match["a"]["won"] + match["b"]["won"] for match in matches) == len(matches)
        assert_problem(self.client.get(f"{V1}/tournaments/no-such/matches/"), 404, "not-found")

    def test_matches_of_a_player(self) -> None:
        matches = self.all_of("/profiles/@cleo/matches/", 3)
        whole = self.read("/profiles/@cleo/matches/?limit=100")["items"]
        assert matches == whole
        assert {"match", "won", "kills", "deaths", "assists"} == matches[0].keys()
        cleo = User.objects.get(username="Cleo")
        for switch in ("show_match_history", "show_teams", "show_tournaments"):
            with self.subTest(switch):
                update(user_id=cleo.pk, **{switch: False})
                assert_problem(self.client.get(f"{V1}/profiles/@cleo/matches/"), 404, "not-found")
                update(user_id=cleo.pk, **{switch: True})
