"""The page of the feed."""

from itertools import pairwise

from django.test import TestCase

from apps.community.services import moderation, posts
from apps.user_profile.models import User
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user
from apps.web.channels import FeedPulse
from apps.web.tests.pages import at_most, html_of, text_of

PAGE = "/feed/"
QUERIES_MAX = 10  # session, user; window, posts, pictures, policy; heard, wins; card and unread of the header


class Feed(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Let Ada follow Bela, who writes a lot."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela", display_name="Bela")
        follows.follow(follower_id=cls.ada.pk, followed_id=cls.bela.pk)
        for number in range(25):
            posts.publish(author_id=cls.bela.pk, content=f"Post {number:02}")

    def setUp(self) -> None:
        """Sign Ada in."""
        self.client.force_login(self.ada)

    def test_page_by_page(self) -> None:
        for order in ("best", "latest"):
            path = f"{PAGE}?order={order}"
            html, cursor = html_of(self.client, path), ""
            assert "Post 24" in html
            assert "Post 04" not in html
            assert "You follow them" in html
            cursor = html.split("&amp;cursor=")[1].split('"')[0]
            rest = text_of(self.client, f"{path}&cursor={cursor}")
            assert "Post 04" in rest
            assert "More" not in rest
            with at_most(QUERIES_MAX, path):
                self.client.get(path)

    def test_a_cursor_of_somebody_else(self) -> None:
        cursor = html_of(self.client, PAGE).split("&amp;cursor=")[1].split('"')[0]
        self.client.force_login(self.bela)
        answer = self.client.get(f"{PAGE}?cursor={cursor}", follow=True)
        assert "not of your feed" in answer.content.decode()
        for nonsense in ("x", "%00", "9" * 5000):
            assert self.client.get(f"{PAGE}?cursor={nonsense}").status_code == 302

    def test_what_it_watches(self) -> None:
        with self.settings(LIVE_URL="http://live.example"):
            first = html_of(self.client, PAGE)
            assert f'data-watch="feed:{self.ada.pk}"' in first
            cursor = first.split("&amp;cursor=")[1].split('"')[0]
            assert "data-watch" not in html_of(self.client, f"{PAGE}?cursor={cursor}")

    def test_its_word_changes_with_what_it_shows(self) -> None:
        channel = FeedPulse(self.ada.pk, self.ada.pk)
        assert channel.hears == {f"user:{self.ada.pk}", f"user:{self.bela.pk}"}
        carl = create_user("carl")
        before = channel.facts()
        posts.publish(author_id=carl.pk, content="Of nobody she knows")
        assert channel.facts() == before
        new = posts.publish(author_id=self.bela.pk, content="Another")
        shown = channel.facts()
        moderation.decide(moderator_id=carl.pk, subject=f"post:{new.pk}", verb="HIDE", reason="SPAM")
        hidden = channel.facts()
        follows.mute(user_id=self.ada.pk, muted_id=self.bela.pk)
        words = [before, shown, hidden, channel.facts()]
        assert all(one != other for one, other in pairwise(words))
        for stranger in (self.bela.pk, None):
            assert FeedPulse(stranger, self.ada.pk).facts() is None
            assert FeedPulse(stranger, self.ada.pk).hears == frozenset()

    def test_nothing_yet(self) -> None:
        self.client.force_login(create_user())
        assert "Quiet so far" in text_of(self.client, PAGE)
        assert self.client.get(f"{PAGE}?order=martian").status_code == 200

    def test_only_for_those_who_are_signed_in(self) -> None:
        self.client.logout()
        assert self.client.get(PAGE).headers["Location"] == f"/accounts/login/?next={PAGE}"
