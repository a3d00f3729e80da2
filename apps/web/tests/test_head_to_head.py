"""Head to head: the page of two players, that of two teams, and what programs are told."""

import re

from apps.teams.models import Team, Visibility
from apps.user_profile.models import User
from apps.user_profile.services.privacy import update
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of
from apps.web.tests.season import NEW_NAME

QUERIES_MAX = 8
PLAYERS = "/@Ada/head-to-head/?against=Cleo"
TEAMS = "/teams/night-owls/head-to-head/?against=old-guard"
V1 = "/api/v1"
API = f"{V1}/profiles/@Ada/head-to-head/@Cleo/"
API_MATCHES = f"{V1}/profiles/@Ada/matches/?against=Cleo"
NOBODY = "No such player, or one whose matches are not for you."


class HeadToHead(SeasonCase):
    def test_two_players(self) -> None:
        page = text_of(self.client, PLAYERS)
        assert "Ada against Cleo" in page
        assert "Meetings 5 Won 4 Lost 1 Games 13-10" in page
        assert page.count("Grand final") == 2
        assert f"{NEW_NAME} (played as Old Guard)" in page

    def test_two_teams(self) -> None:
        page = text_of(self.client, TEAMS)
        assert "Meetings 5 Won 4 Lost 1 Games 13-10" in page
        assert text_of(self.client, TEAMS.replace("old-guard", "glass-cannons")).count("not met yet") == 1

    def test_the_other_side_is_chosen(self) -> None:
        assert "Against whom?" in text_of(self.client, "/@Ada/head-to-head/")
        for written in ("%40cleo", "CLEO", "http://testserver/@Cleo/", "Cleo%00"):
            assert "Ada against Cleo" in text_of(self.client, f"/@Ada/head-to-head/?against={written}")
        for nobody in ("nobody", "Ada", "x" * 4000):
            assert NOBODY in text_of(self.client, f"/@Ada/head-to-head/?against={nobody}")
        assert "No other team" in text_of(self.client, "/teams/night-owls/head-to-head/?against=night-owls")
        answer = self.client.get("/@aDA/head-to-head/?against=Cleo")
        assert answer.headers["Location"] == PLAYERS
        for path in ("/@nobody/head-to-head/", "/teams/none/head-to-head/"):
            assert self.client.get(path).status_code == 404

    def test_who_is_signed_in_is_the_other_side(self) -> None:
        self.client.force_login(User.objects.get(username="Cleo"))
        assert "Ada against Cleo" in text_of(self.client, "/@Ada/head-to-head/")
        assert "Against whom?" in text_of(self.client, "/@Cleo/head-to-head/")
        assert NOBODY not in text_of(self.client, "/@Cleo/head-to-head/")
        assert "Against you" in text_of(self.client, "/@Ada/")

    def test_rows_of_a_history_lead_to_it(self) -> None:
        link = "/teams/old-guard/head-to-head/?against=night-owls"
        for path in ("/@Cleo/", "/teams/old-guard/"):
            assert html_of(self.client, path).count(link) == 5
        [match] = set(re.findall(r"/tournaments/crown-league/matches/\d+/", html_of(self.client, "/@Cleo/")))
        assert "/teams/night-owls/head-to-head/?against=old-guard" in html_of(self.client, match)

    def test_both_have_to_show_their_matches(self) -> None:
        for hidden in ("show_match_history", "show_teams", "show_tournaments"):
            for name in ("Ada", "Cleo"):
                user = User.objects.get(username=name)
                update(user_id=user.pk, **{hidden: False})
                answer = self.client.get(PLAYERS)
                assert answer.status_code == (404 if name == "Ada" else 200)
                assert "Meetings" not in answer.content.decode()
                assert self.client.get(API).status_code == 404
                assert self.client.get(API_MATCHES).status_code == 404
                update(user_id=user.pk, **{hidden: True})
        gone = text_of(self.client, "/@Ada/head-to-head/?against=gone")
        update(user_id=User.objects.get(username="Cleo").pk, show_match_history=False)
        assert text_of(self.client, PLAYERS) == gone

    def test_a_private_team_is_not_there(self) -> None:
        Team.objects.filter(slug="old-guard").update(visibility=Visibility.PRIVATE)
        assert "No other team" in text_of(self.client, TEAMS)
        assert self.client.get(f"{V1}/teams/night-owls/head-to-head/old-guard/").status_code == 404
        assert self.client.get(f"{V1}/teams/night-owls/matches/?against=old-guard").status_code == 404
        assert self.client.get(f"{V1}/teams/old-guard/matches/").status_code == 404

    def test_queries(self) -> None:
        for path in (PLAYERS, TEAMS, API, API_MATCHES, f"{V1}/teams/night-owls/head-to-head/old-guard/"):
            with self.subTest(path), at_most(QUERIES_MAX, path):
                assert self.client.get(path).status_code == 200

    def test_programs(self) -> None:
        found = self.client.get(API).json()
        assert {name: found[name] for name in ("played", "won", "lost", "drawn")} == {
            "played": 5, "won": 4, "lost": 1, "drawn": 0,
        }  # fmt: skip
        assert found == self.client.get(f"{V1}/teams/night-owls/head-to-head/old-guard/").json()
        lines = self.client.get(API_MATCHES).json()["items"]
        assert [line["won"] for line in lines] == [True, True, False, True, True]
        page = self.client.get(f"{V1}/teams/night-owls/matches/?against=old-guard&limit=2").json()
        assert [one["id"] for one in page["items"]] == [line["match"]["id"] for line in lines][:2]
        assert page["next"]
        assert len(self.client.get(f"{V1}/teams/night-owls/matches/?limit=100").json()["items"]) == 8
