"""The page of the leaderboards."""

import re

from django.db import connection

from apps.gamification.models import PlayerLevel
from apps.gamification.selectors import Board, candidates
from apps.user_profile.models import User
from apps.user_profile.services import follows, profiles
from apps.user_profile.services.privacy import update
from apps.web.tests.pages import SeasonCase, at_most, text_of

PAGE = "/leaderboards/"
QUERIES_MAX = 9  # session, user, card, games, ranking, policy, cards, level, notifications


class Leaderboards(SeasonCase):
    def setUp(self) -> None:
        self.ids = dict(User.objects.values_list("username", "pk"))

    def names(self, query: str = "") -> list[str]:
        """Return who is on a board, in order."""
        page = text_of(self.client, PAGE + query).partition(" XP ")[2]
        return re.findall(r"\b(Ada|Bo|Cleo|Dmitri|Eun-ji|Gus|Jun)\b", page)

    def test_who_won_most_comes_first_and_equals_share_a_rank(self) -> None:
        page = text_of(self.client, PAGE)
        # Seven wins, a tournament won and played, and a team: 350 + 500 + 20 + 75.
        assert re.search(r"1 Ada 4 945 2 Bo 4 870 ", page)
        lines = re.findall(r"\b(\d+) [A-Z][a-z-]+ (\d+) (\d+)\b", page.partition(" XP ")[2])
        ranks, points = [int(rank) for rank, _, _ in lines], [int(points) for _, _, points in lines]
        assert len(lines) == 16
        assert points == sorted(points, reverse=True)
        # As many as have more, and one.
        assert ranks == [1 + sum(other > own for other in points) for own in points]

    def test_a_game_a_country_and_those_one_follows(self) -> None:
        assert "Ada" in self.names("?game=codm") or self.names("?game=call-of-duty")
        assert self.names("?country=BD") == []
        profiles.update(user_id=self.ids["Bo"], country="BD")
        profiles.update(user_id=self.ids["Cleo"], country="BD")
        update(user_id=self.ids["Cleo"], show_country=False)
        assert self.names("?country=BD") == ["Bo"]
        self.client.force_login(User.objects.get(username="Gus"))
        follows.follow(follower_id=self.ids["Gus"], followed_id=self.ids["Cleo"])
        assert self.names("?following=on") == ["Cleo"]
        for nonsense in ("?game=none", "?country=%00", "?country=bd&game=x", "?following=" + "x" * 5000):
            assert self.names(nonsense)[:1] in (["Ada"], ["Cleo"])

    def test_privacy_counts_at_the_next_read(self) -> None:
        assert self.names()[0] == "Ada"
        update(user_id=self.ids["Ada"], show_level_xp=False)
        assert self.names()[0] == "Bo"
        update(user_id=self.ids["Bo"], is_private_account=True)
        assert self.names()[0] == "Cleo"
        follows.block(user_id=self.ids["Cleo"], blocked_id=self.ids["Gus"])
        self.client.force_login(User.objects.get(username="Gus"))
        assert self.names()[0] == "Dmitri"

    def test_ones_own_level(self) -> None:
        assert "You are level" not in text_of(self.client, PAGE)
        self.client.force_login(User.objects.get(username="Ada"))
        assert "You are level 4 945 of 1,200 XP" in text_of(self.client, PAGE)

    def test_queries(self) -> None:
        self.client.force_login(User.objects.get(username="Ada"))
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(PAGE)

    def test_nobody_has_points_yet(self) -> None:
        PlayerLevel.objects.all().delete()
        assert "Nobody has experience yet" in text_of(self.client, PAGE)
        assert "Nobody here yet" in text_of(self.client, f"{PAGE}?country=BD")

    def test_the_ranking_is_one_query_in_the_order_of_an_index(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        assert "playerlevel_ranking" in candidates(Board())[:50].explain()
        assert "gamexp_ranking" in candidates(Board(game_id=1))[:50].explain()
