"""What a player did, told in few lines: the page of it, its pages by key, and what is for him alone."""

import re
from unittest.mock import patch

from django.urls import reverse

from apps.user_profile.models import User, UserActivity
from apps.user_profile.selectors.privacy import viewer_of
from apps.user_profile.services import follows, privacy, profiles
from apps.web.selectors import activity_page
from apps.web.selectors.activity import ActivityItem
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of

QUERIES_MAX = 8
PRIVATE = ("Changed the name", "Followed a player", "Changed 2 privacy settings", "Only you")


class Activity(SeasonCase):
    def setUp(self) -> None:
        self.ada = User.objects.get(username="Ada")
        self.path = reverse("web:activity", args=["Ada"])

    def lines(self, size: int) -> list[ActivityItem]:
        """Return all lines, page by page, where a page reads so many rows."""
        lines: list[ActivityItem] = []
        before: str | None = ""
        with patch.object(activity_page, "ROWS_PER_PAGE", size):
            while before is not None:
                found = activity_page.activity_page("Ada", viewer_of(self.ada), before)
                assert found is not None
                lines += found.items
                before = found.before
        return lines

    def test_matches_in_a_row_are_one_line(self) -> None:
        page = text_of(self.client, self.path)
        runs = [tuple(map(int, run)) for run in re.findall(r"Played (\d+) matches, won (\d+) at", page)]
        assert runs
        won_alone, lost_alone = page.count("Won a match at"), page.count("Played a match at")
        rows = UserActivity.objects.filter(user=self.ada)
        played = rows.filter(event_type="TOURNAMENT_MATCH_COMPLETED").count()
        assert sum(count for count, _ in runs) + won_alone + lost_alone == played
        won = rows.filter(event_type="MATCH_WON").count()
        assert sum(count for _, count in runs) + won_alone == won
        assert "Joined DeltaCrown" in page

    def test_pages_follow_one_another_without_gap_or_repeat(self) -> None:
        whole = self.lines(100)
        assert any("matches" in line.text for line in whole)
        for size in (1, 2, 7):
            assert self.lines(size) == whole
        with patch.object(activity_page, "ROWS_MAX", 1):
            told = self.lines(1)
        rows = UserActivity.objects.filter(user=self.ada).order_by("-occurred_at", "-id")
        assert [line.last for line in told] == list(rows)
        for rubbish in ("x", "2018-01-01~1", "~", "2018-01-01T00:00:00+00:00~-1", "9" * 400, "\0~1"):
            assert self.client.get(self.path, {"before": rubbish}).status_code == 200

    def test_what_is_for_the_player_alone(self) -> None:
        profiles.rename(user_id=self.ada.pk, display_name="Ada the First")
        follows.follow(follower_id=self.ada.pk, followed_id=User.objects.get(username="Cleo").pk)
        privacy.update(user_id=self.ada.pk, show_country=False, show_device=False)
        others = text_of(self.client, self.path)
        assert [words for words in PRIVATE if words in others] == []
        self.client.force_login(self.ada)
        own = text_of(self.client, self.path)
        assert [words for words in PRIVATE if words not in own] == []

    def test_it_is_hidden_with_its_switch(self) -> None:
        privacy.update(user_id=self.ada.pk, show_activity_feed=False)
        assert self.client.get(self.path).status_code == 404
        self.client.force_login(self.ada)
        assert self.client.get(self.path).status_code == 200

    def test_queries(self) -> None:
        with at_most(QUERIES_MAX, self.path):
            html_of(self.client, self.path)
