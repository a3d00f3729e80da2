"""The page of what one is told, and the count in the header."""

import re

from django.test import TestCase

from apps.notifications import wording
from apps.notifications.models import Notification
from apps.user_profile.models import User
from apps.user_profile.services import follows, profiles
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

PAGE = "/notifications/"
QUERIES_MAX = 9  # session, user, card, unread; count, threads, lines, who may be seen, their cards


class Notifications(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Let somebody follow Ada."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela", display_name="Bela")
        follows.follow(follower_id=cls.bela.pk, followed_id=cls.ada.pk)

    def setUp(self) -> None:
        """Sign Ada in."""
        self.client.force_login(self.ada)

    def test_what_is_shown(self) -> None:
        assert "Bela follows you." in text_of(self.client, PAGE)
        assert 'href="/@bela/"' in html_of(self.client, PAGE)
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(PAGE)

    def test_the_name_is_that_of_now(self) -> None:
        profiles.rename(user_id=self.bela.pk, display_name="Béla <b>")
        assert "<strong>Béla &lt;b&gt;</strong> follows you." in html_of(self.client, PAGE)

    def test_who_may_no_longer_be_seen_is_not_named(self) -> None:
        User.objects.filter(pk=self.bela.pk).update(is_active=False)
        page = text_of(self.client, PAGE)
        assert "Somebody follows you." in page
        assert "Bela" not in page
        assert "/@bela/" not in html_of(self.client, PAGE)

    def test_the_count_and_reading(self) -> None:
        assert "1 unread notification " in text_of(self.client, "/")
        [path] = re.findall(rf'action="({PAGE}\d+/reading/)"', html_of(self.client, PAGE))
        assert self.client.post(path).headers["Location"] == PAGE
        assert "unread" not in text_of(self.client, "/").lower()
        assert "Bela follows you." in text_of(self.client, PAGE)

    def test_reading_all(self) -> None:
        newest = Notification.objects.get().pk
        answer = self.client.post(f"{PAGE}reading/", {"up_to": newest}, follow=True)
        assert "All read." in answer.content.decode()
        assert "Mark all read" not in text_of(self.client, PAGE)

    def test_somebody_else_s(self) -> None:
        self.client.force_login(self.bela)
        assert "Nothing yet" in text_of(self.client, PAGE)
        line = Notification.objects.get()
        assert self.client.post(f"{PAGE}{line.pk}/reading/").status_code == 404
        self.client.post(f"{PAGE}reading/", {"up_to": line.pk})
        line.refresh_from_db()
        assert line.read_at is None

    def test_nonsense_is_not_there(self) -> None:
        assert self.client.post(f"{PAGE}{10**30}/reading/").status_code == 404
        for up_to in ("", "x", "\0", "-1", "٣", "9" * 19, "9" * 10_000):
            assert self.client.post(f"{PAGE}reading/", {"up_to": up_to}).status_code == 404
        assert self.client.get(f"{PAGE}reading/").status_code == 405

    def test_only_for_those_who_are_signed_in(self) -> None:
        self.client.logout()
        assert self.client.get(PAGE).headers["Location"] == f"/accounts/login/?next={PAGE}"


def test_no_value_fills_a_placeholder_of_another() -> None:
    values = {"team": "{actor}<i>", "actor": "A {team}"}
    said = wording.html("{actor} invites you to {team} & {more}.", values)
    assert said == "<strong>A {team}</strong> invites you to <strong>{actor}&lt;i&gt;</strong> &amp; {more}."
