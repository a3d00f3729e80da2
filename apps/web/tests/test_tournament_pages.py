"""Tournaments in phases on the pages: brackets and tables while they are played, matches, frames, files."""

import csv
import io
import re
from unittest.mock import patch

from django.test import override_settings

from apps.tournaments.models import Match, Tournament
from apps.tournaments.services import corrections, phases, results, tournaments
from apps.user_profile.models import User
from apps.user_profile.services import follows, profiles
from apps.web.selectors import tournaments as tournament_pages
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of
from apps.web.tests.phases import cup_in_phases, ready

QUERIES_MAX = 9
CUP = "/tournaments/solo-cup/"


class InPhases(SeasonCase):
    cup: Tournament

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.cup = cup_in_phases()

    def match_of(self, number: int) -> Match:
        return Match.objects.get(phase__number=2, stage="UPPER", round=1, number=number)

    def test_the_page_shows_tables_with_their_sums_and_the_bracket(self) -> None:
        page = text_of(self.client, CUP)
        for words in (
            "Group A",
            "Equals are parted in this order: Matches among the tied, Games among the tied",
            "Semi-finals",
            "Third place",
            "To be played",
            "Winner of U1.2",
            "best of 3",
        ):
            assert words in page, words
        labels = re.findall(
            r'class="node[^"]*" id="match-\d+" href="[^"]+" aria-label="([^"]+)"', html_of(self.client, CUP)
        )
        assert len(labels) == 4
        assert labels[0].startswith("Main bracket, Semi-finals: ")
        assert "won by" in labels[0]
        assert "not decided yet" in labels[1]

    @override_settings(LIVE_URL="http://live.example")
    def test_queries(self) -> None:
        decided, waits = self.match_of(0), self.match_of(1)
        corrections.correct(match_id=decided.pk, score_a=2, score_b=0, reason="A game was counted twice.")
        final = Match.objects.get(tournament__slug="delta-open", stage="GRAND_FINAL", number=1)
        Tournament.objects.update(organiser=User.objects.get(username="Gus"))
        pages = ("", "matches/", "standings/", "registration/", "export.json", "matches.csv", "standings.csv")
        paths = [f"{CUP}{path}" for path in pages]
        paths += [f"{CUP}matches/{match.pk}/" for match in (decided, waits)]
        paths += [f"/embed{CUP}", "/tournaments/delta-open/", f"/tournaments/delta-open/matches/{final.pk}/"]
        paths += [f"/api/v1{CUP}{path}" for path in ("", "matches/", "schedule/", f"matches/{decided.pk}/")]
        for name in ("", "Solo-Aki", "Ada", "Gus"):
            if name:
                self.client.force_login(User.objects.get(username=name))
            for path in paths:
                with self.subTest(f"{path} for {name or 'nobody'}"), at_most(QUERIES_MAX, path):
                    assert self.client.get(path).status_code == 200

    def test_a_player_who_entered_alone_is_shown_under_his_name_of_now(self) -> None:
        user = User.objects.get(username="Solo-Aki")
        profiles.rename(user_id=user.pk, display_name="Akira")
        for path in (CUP, f"{CUP}matches/", f"{CUP}standings/", f"/embed{CUP}", f"{CUP}matches.csv"):
            with self.subTest(path):
                assert "Akira" in text_of(self.client, path)

    def test_so_he_is_where_his_matches_are_listed_elsewhere(self) -> None:
        user = User.objects.get(username="Solo-Aki")
        profiles.rename(user_id=user.pk, display_name="Akira")
        for path in ("/", "/@Solo-Aki/", "/@Solo-Dee/"):
            with self.subTest(path):
                assert "Akira (played as Aki)" in text_of(self.client, path)
        viewer = User.objects.get(username="Ada")
        follows.block(user_id=user.pk, blocked_id=viewer.pk)
        self.client.force_login(viewer)
        for path in ("/", "/@Solo-Dee/"):
            with self.subTest(path):
                page = text_of(self.client, path)
                assert "Akira" not in page
                assert "Aki" in page

    def test_his_own_side_stands_first_in_his_history(self) -> None:
        lost = Match.objects.get(stage="POOL", entry_a__name="Aki", entry_b__name="Dee")
        page = html_of(self.client, "/@Solo-Dee/")
        row = page[: page.index(f"/matches/{lost.pk}/")].rpartition("<article")[2]
        assert row.index(">Dee<") < row.index("0\N{EN DASH}1") < row.index(">Aki<")

    @override_settings(LIVE_URL="http://live.example")
    def test_pages_of_what_is_not_over_watch_it(self) -> None:
        waits, over = self.match_of(1), self.match_of(0)
        watched = (CUP, f"{CUP}matches/", f"{CUP}standings/", f"{CUP}matches/{waits.pk}/")
        for path in watched:
            with self.subTest(path):
                assert f'data-watch="tournament:{self.cup.pk}"' in html_of(self.client, path)
        assert "<noscript> Load the page again" in html_of(self.client, CUP)
        for path in (f"{CUP}matches/{over.pk}/", "/tournaments/delta-open/matches/", "/"):
            with self.subTest(path):
                assert "data-watch" not in html_of(self.client, path)

    def test_hidden_players_are_not_led_to(self) -> None:
        user = User.objects.get(username="Solo-Aki")
        viewer = User.objects.get(username="Ada")
        follows.block(user_id=user.pk, blocked_id=viewer.pk)
        for path in (CUP, f"{CUP}matches/", f"{CUP}standings/"):
            with self.subTest(path):
                self.client.force_login(viewer)
                assert "/@Solo-Aki/" not in html_of(self.client, path)
                self.client.logout()
                assert "/@Solo-Aki/" in html_of(self.client, path)

    def test_the_list_of_matches(self) -> None:
        page = text_of(self.client, f"{CUP}matches/")
        assert "Matches of Solo Cup" in page
        assert text_of(self.client, f"{CUP}matches/?state=open").count("Upper bracket, round") == 2
        assert "No matches here" in text_of(self.client, f"{CUP}matches/?state=live")
        results.begin(match_id=self.match_of(1).pk)
        assert "No matches here" not in text_of(self.client, f"{CUP}matches/?state=live")
        for odd in ("?state=%00", "?page=-1", "?page=99999999999999999999", "?state=over&page=x"):
            assert self.client.get(f"{CUP}matches/{odd}").status_code == 200

    def test_a_match_that_was_played(self) -> None:
        match = self.match_of(0)
        corrections.correct(match_id=match.pk, score_a=2, score_b=0, reason="A game was counted twice.")
        page = text_of(self.client, f"{CUP}matches/{match.pk}/")
        for words in (
            "2 : 0",
            "Upper bracket, round 1",
            "best of 3",
            "2:1 became 2:0 A game was counted twice.",
        ):
            assert words in page, words

    def test_a_match_that_waits(self) -> None:
        final = Match.objects.get(phase__number=2, stage="UPPER", round=2)
        page = text_of(self.client, f"{CUP}matches/{final.pk}/")
        assert "Winner of U1.2" in page
        assert "No other meeting" in page

    def test_head_to_head(self) -> None:
        match = Match.objects.filter(tournament__slug="delta-open", stage="GRAND_FINAL", number=1).get()
        page = text_of(self.client, f"/tournaments/delta-open/matches/{match.pk}/")
        assert "Head to head All meetings Night Owls won 3, Vanguard Nine won 1" in page
        assert "Ada" in page
        assert "Players" in page

    def test_what_is_not_there_is_not_found(self) -> None:
        match = self.match_of(0).pk
        for path in (
            f"/tournaments/delta-open/matches/{match}/",
            f"{CUP}matches/0/",
            f"{CUP}matches/{10**30}/",
            "/tournaments/nothing/matches/",
            "/tournaments/nothing/matches/1/",
            "/tournaments/nothing/standings/",
            "/tournaments/nothing/export.json",
            "/tournaments/nothing/matches.csv",
            "/tournaments/nothing/standings.csv",
            "/embed/tournaments/nothing/",
        ):
            with self.subTest(path):
                assert self.client.get(path).status_code == 404

    def test_other_sites_may_frame_what_is_for_them_and_nothing_else(self) -> None:
        answer = self.client.get(f"/embed{CUP}")
        assert "X-Frame-Options" not in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "form-action 'none'" in policy
        html = answer.content.decode()
        assert "<header" not in html
        assert "Semi-finals" in html
        assert 'name="robots" content="noindex"' in html
        page = self.client.get(CUP)
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]

    def test_the_files(self) -> None:
        rows = list(csv.DictReader(io.StringIO(self.client.get(f"{CUP}matches.csv").content.decode())))
        assert len(rows) == Match.objects.filter(tournament=self.cup).count()
        assert {row["state"] for row in rows} == {"PLAYED", "UPCOMING", "OPEN"}
        rows = list(csv.DictReader(io.StringIO(self.client.get(f"{CUP}standings.csv").content.decode())))
        assert [row["name"] for row in rows] == ["Aki", "Bo", "Cai", "Dee", "Eli", "Flo", "Gil", "Huy"]
        data = self.client.get(f"{CUP}export.json").json()
        assert [phase["format"] for phase in data["phases"]] == ["ROUND_ROBIN", "SINGLE_ELIMINATION"]
        assert len(data["matches"]) == 16
        assert len(data["entrants"]) == 8

    def test_a_name_is_no_formula(self) -> None:
        user = User.objects.get(username="Solo-Aki")
        profiles.rename(user_id=user.pk, display_name="=1+1")
        assert "'=1+1" in self.client.get(f"{CUP}matches.csv").content.decode()

    def test_a_swiss(self) -> None:
        swiss = cup_in_phases(prefix="Other")
        phase = phases.add(tournament_id=swiss.pk, format="SWISS", name="Swiss")
        for number in (1, 2, 3):
            for match in ready(phase_id := swiss.phases.get(number=2).pk):
                results.play(match_id=match.pk, score_a=2, score_b=number % 2)
        assert phase_id
        phases.start(phase_id=phase.pk)
        page = text_of(self.client, "/tournaments/other-cup/")
        assert "Median-Buchholz" in page
        assert "Swiss, round 1" in page

    def test_when_it_is_over(self) -> None:
        while left := ready(self.cup.phases.get(number=2).pk):
            for match in left:
                results.play(match_id=match.pk, score_a=2, score_b=0)
        tournaments.complete(tournament_id=self.cup.pk)
        page = text_of(self.client, CUP)
        assert "To be played" not in page
        assert "1st" in page


class Large(SeasonCase):
    def test_a_large_bracket_is_shown_from_its_end(self) -> None:
        cup_in_phases(prefix="Big", players=tuple(f"n{number}" for number in range(20)))
        # As if a page of eight were long.
        with patch.multiple(tournament_pages, WHOLE_BELOW=8, ROUND_DRAWN_MAX=1):
            page = text_of(self.client, "/tournaments/big-cup/")
        assert "The last rounds. All others are in the list of matches" in page
        assert "All 20 entrants" in page
        assert "Semi-finals" not in page

    def test_a_large_swiss_and_the_bracket_after_it(self) -> None:
        cup = cup_in_phases(prefix="Big")
        swiss = phases.add(tournament_id=cup.pk, format="SWISS", name="Swiss", advancing=2)
        final = phases.add(tournament_id=cup.pk, format="SINGLE_ELIMINATION", name="Last")
        play_off = cup.phases.get(number=2)
        while left := ready(play_off.pk):
            for match in left:
                results.play(match_id=match.pk, score_a=2, score_b=0)
        phases.start(phase_id=swiss.pk)
        results.play(match_id=ready(swiss.pk)[0].pk, score_a=1, score_b=0)
        with patch.multiple(tournament_pages, WHOLE_BELOW=7), at_most(QUERIES_MAX, "swiss"):
            page = text_of(self.client, "/tournaments/big-cup/")
        assert "17 series played" in page
        assert "To be played" in page.partition("Tables")[2]
        assert "Swiss, round 1" in page
        while left := ready(swiss.pk):
            for match in left:
                results.play(match_id=match.pk, score_a=1, score_b=0)
        phases.start(phase_id=final.pk)
        with patch.multiple(tournament_pages, WHOLE_BELOW=7), at_most(QUERIES_MAX, "final"):
            assert "Last" in text_of(self.client, "/tournaments/big-cup/")
