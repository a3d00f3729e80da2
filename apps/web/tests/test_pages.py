"""The pages with a season on them: what they show, and how many queries that takes."""

import re

from apps.teams.services import roster
from apps.user_profile.models import User
from apps.user_profile.services import privacy, profiles
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of
from apps.web.tests.season import NEW_NAME, OLD_NAME

PROFILE_QUERIES_MAX = 8
QUERIES_MAX = 10
HOME_QUERIES_MAX = 12
VIEWER_QUERIES = 4  # session, user, card, unread
PAGES = [
    "/",
    "/@Cleo/",
    "/@Cleo/achievements/",
    "/teams/",
    "/teams/old-guard/",
    "/tournaments/",
    "/tournaments/delta-open/",
    "/developers/",
]


class EveryPage(SeasonCase):
    def test_it_has_what_a_page_needs(self) -> None:
        for path in PAGES:
            with self.subTest(path):
                html = html_of(self.client, path)
                assert html.count("<h1") == 1
                assert html.count("<main") == 1
                assert len(re.findall(r"<title>[^<]*DeltaCrown", html)) == 1
                assert len(re.findall(r'<meta name="description" content="[^"]{20,}"', html)) == 1
                assert len(re.findall(r'<meta property="og:title" content="[^"]+"', html)) == 1
                assert f'<link rel="canonical" href="http://testserver{path}"' in html

    def test_it_obeys_the_policy_of_the_site(self) -> None:
        for path in PAGES:
            with self.subTest(path):
                html = html_of(self.client, path)
                assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/)", html)
                assert not re.search(r"(?:src|action)=\"(?!/)", html)

    def test_queries(self) -> None:
        for path in PAGES:
            limit = {"/": HOME_QUERIES_MAX, "/@Cleo/": PROFILE_QUERIES_MAX}.get(path, QUERIES_MAX)
            with self.subTest(path):
                self.client.logout()
                with at_most(limit, path):
                    self.client.get(path)
                self.client.force_login(User.objects.get(username="Ada"))
                with at_most(limit + VIEWER_QUERIES, path):
                    self.client.get(path)


class Home(SeasonCase):
    def test_the_season(self) -> None:
        page = text_of(self.client, "/")
        assert "1 of 3 tournaments decided 33%" in page
        assert "Matches 21 Players 16 Teams 8" in page
        assert "Latest champion Night Owls Delta Open" in page

    def test_the_latest_results_come_first(self) -> None:
        page = text_of(self.client, "/")
        assert "Latest results Red Comet 1 Salt & Iron 3" in page

    def test_leaders(self) -> None:
        assert re.search(r"K/D 1 Ada 7 88% 0\.98", text_of(self.client, "/"))

    def test_rising_players_stand_before_those_with_most_wins(self) -> None:
        page = text_of(self.client, "/")
        assert re.search(r"Rising players .* 1 Bo 7-1 88% 1\.15 2 Ada 7-1 .* Most wins", page)

    def test_running_tournaments_come_first(self) -> None:
        page = text_of(self.client, "/").partition("All tournaments")[2]
        assert page.index("Crown League") < page.index("Winter Cup") < page.index("Delta Open")

    def test_a_running_tournament_is_said_to_be_playing(self) -> None:
        assert "The season is playing. Crown League" in text_of(self.client, "/")


class Player(SeasonCase):
    def test_what_is_shown(self) -> None:
        page = text_of(self.client, "/@Cleo/")
        for words in ("Cleo", "DC-", "Call of Duty Cleo_x", NEW_NAME, "Captain", "Joined", "Finished 2nd at"):
            assert words in page

    def test_a_renamed_team_in_the_history(self) -> None:
        page = text_of(self.client, "/@Cleo/")
        # The three group matches; what came later was played under the new name.
        assert page.count(f"{NEW_NAME} (played as {OLD_NAME})") == 3

    def test_form_is_drawn_and_said(self) -> None:
        html = html_of(self.client, "/@Cleo/")
        played = html.count('class="trend__dot"')
        assert played == len(re.findall(r'class="trend__(?:won|lost|level)"', html)) > 1
        assert html.count('role="img" aria-label="') == 2
        assert f"the last {played} matches" in text_of(self.client, "/@Cleo/")

    def test_who_hides_his_matches_or_what_they_name_hides_his_form(self) -> None:
        cleo = User.objects.get(username="Cleo")
        for switch in ("show_match_history", "show_teams", "show_tournaments"):
            with self.subTest(switch):
                privacy.update(user_id=cleo.pk, **{switch: False})
                assert 'id="form"' not in html_of(self.client, "/@Cleo/")
                assert "No form yet" not in text_of(self.client, "/@Cleo/")
                privacy.update(user_id=cleo.pk, **{switch: True})

    def test_a_new_name_shows_at_the_next_read(self) -> None:
        profiles.rename(user_id=User.objects.get(username="Cleo").pk, display_name="Cleopatra")
        assert "Cleopatra" in text_of(self.client, "/@Cleo/")
        assert "Cleopatra" in text_of(self.client, "/teams/old-guard/")

    def test_another_spelling_leads_to_the_page(self) -> None:
        answer = self.client.get("/@cLEO/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/@Cleo/")


class Teams(SeasonCase):
    def test_the_list(self) -> None:
        page = text_of(self.client, "/teams/")
        assert "8 teams" in page
        assert NEW_NAME in page
        assert OLD_NAME not in page

    def test_pages_of_the_list(self) -> None:
        for number in range(40):
            roster.create_team(name=f"Filler {number:02}")
        assert "Filler 39" not in text_of(self.client, "/teams/")
        assert "Night Owls" in text_of(self.client, "/teams/?page=2")
        assert "Night Owls" in text_of(self.client, "/teams/?page=99")
        assert "Filler 00" in text_of(self.client, "/teams/?page=x")
        with at_most(QUERIES_MAX, "/teams/"):
            self.client.get("/teams/")

    def test_a_team(self) -> None:
        page = text_of(self.client, "/teams/old-guard/")
        for words in (NEW_NAME, f"formerly {OLD_NAME}", "2 players", "Cleo", "Captain", "2nd", "Delta Open"):
            assert words in page
        assert f"{NEW_NAME} (played as {OLD_NAME})" in page

    def test_the_roster_follows(self) -> None:
        squad = self.season.squads[OLD_NAME]
        roster.leave(team_id=squad.team_id, user_id=squad.user_ids[1])
        roster_now, past = text_of(self.client, "/teams/old-guard/").split("Past members")
        assert "Dmitri" not in roster_now
        assert "Dmitri" in past


class Tournaments(SeasonCase):
    def test_the_list_begins_with_what_is_played(self) -> None:
        page = text_of(self.client, "/tournaments/")
        assert "The season is playing. Crown League" in page
        assert page.index(" Live ") < page.index("Completed")
        assert "Champion: Night Owls" in page
        assert "1 entrant " in page  # the one to come

    def test_what_is_shown(self) -> None:
        page = text_of(self.client, "/tournaments/delta-open/")
        for words in ("Black Ops 8", "6-8 Mar 2026", "Dhaka", "8 entrants", "19 series played"):
            assert words in page
        for words in ("1st Night Owls", f"2nd {NEW_NAME}", "3rd Polar Nine", "4th Quiet Storm", "5th-6th"):
            assert words in page
        assert f"2 {NEW_NAME} played as {OLD_NAME} 2-1 7-5" in page  # group A

    def test_a_match_in_the_bracket_leads_to_its_page(self) -> None:
        html = html_of(self.client, "/tournaments/delta-open/")
        targets = re.findall(r'class="node[^"]*" id="match-\d+" href="([^"]+)" aria-label="([^"]+)"', html)
        assert len(targets) == 7
        for target, label in targets:
            assert self.client.get(target).status_code == 200
            assert "won by" in label

    def test_a_league_while_it_is_played(self) -> None:
        page = text_of(self.client, "/tournaments/crown-league/")
        for words in (
            "The season is playing.",
            "Live",
            "Entrants Night Owls",
            "Division A",
            "1-0 3-2",
            "League, week 1",
        ):
            assert words in page

    def test_one_to_come(self) -> None:
        page = text_of(self.client, "/tournaments/winter-cup/")
        for words in ("Upcoming", "1 entrant", "No series yet", "Entrants Night Owls"):
            assert words in page
