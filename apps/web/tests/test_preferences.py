"""Where one wants to be told of what, and the way out of an e-mail."""

from django.test import Client, TestCase

from apps.notifications.services import hours, preferences
from apps.notifications.services.hours import Times
from apps.notifications.services.preferences import Wish
from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

PAGE = "/settings/notifications/"
QUERIES_MAX = 8  # session, user, card, unread; choices, hours, address, e-mails that failed


class Preferences(TestCase):
    ada: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Sign Ada up."""
        cls.ada = create_user("ada")

    def setUp(self) -> None:
        """Sign her in."""
        self.client.force_login(self.ada)

    def test_choosing(self) -> None:
        assert "verified" in text_of(self.client, PAGE)
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(PAGE)
        answer = self.client.post(PAGE, {"followed.by_email": "on", "mention.in_app": "on"}, follow=True)
        assert "Saved." in answer.content.decode()
        wishes = preferences.wishes_of(self.ada.pk)
        assert wishes["followed"] == Wish(in_app=False, by_email=True)
        assert wishes["mention"] == Wish(in_app=True, by_email=False)
        assert 'name="followed.by_email" id="id_followed.by_email" checked' in html_of(self.client, PAGE)

    def test_hours(self) -> None:
        given = {"is_daily": "1", "daily_at": "7", "quiet_from": "22", "quiet_until": "", "time_zone": "UTC"}
        answer = self.client.post(PAGE, given)
        assert "choose both, or neither" in answer.content.decode()
        answer = self.client.post(PAGE, given | {"quiet_until": "6", "time_zone": "Asia/Dhaka"}, follow=True)
        assert "Saved." in answer.content.decode()
        assert hours.times_of(self.ada.pk) == Times("Asia/Dhaka", True, 7, 22, 6)
        assert '<option value="Asia/Dhaka" selected>' in html_of(self.client, PAGE)
        assert self.client.post(PAGE, given | {"time_zone": "Mars"}).status_code == 200
        assert preferences.wishes_of(self.ada.pk)["mention"].by_email

    def test_the_bell_alone(self) -> None:
        html = html_of(self.client, "/notifications/bell/")
        assert html.strip().startswith("<a ")
        assert f'data-channel="unread:{self.ada.pk}"' in html


class Unsubscribing(TestCase):
    def setUp(self) -> None:
        """Write a link, and open it as somebody who is not signed in, with every check of forms on."""
        self.ada = create_user("ada")
        self.path = f"/notifications/unsubscribing/{preferences.link_token(self.ada.pk, 'mention')}/"
        self.client = Client(enforce_csrf_checks=True)

    def wants(self, kind: str) -> bool:
        return preferences.wishes_of(self.ada.pk)[kind].by_email

    def test_a_look_changes_nothing(self) -> None:
        assert "Somebody mentions you" in text_of(self.client, self.path)
        assert self.wants("mention")

    def test_one_click(self) -> None:
        for _ in range(2):
            answer = self.client.post(self.path, {"List-Unsubscribe": "One-Click"})
            assert "no e-mails any more about" in answer.content.decode()
        assert not self.wants("mention")
        assert self.wants("comment_added")
        assert preferences.wishes_of(self.ada.pk)["mention"].in_app

    def test_all_of_them(self) -> None:
        self.client.post(self.path, {"all": "1"})
        assert not any(wish.by_email for wish in preferences.wishes_of(self.ada.pk).values())

    def test_of_a_digest(self) -> None:
        path = f"/notifications/unsubscribing/{preferences.link_token(self.ada.pk, 'digest')}/"
        assert "All that comes once a day" in text_of(self.client, path)
        self.client.post(path, {"List-Unsubscribe": "One-Click"})
        assert not self.wants("mention")
        assert self.wants("tournament_match")

    def test_a_forged_link(self) -> None:
        for token in ("x", self.path.split("/")[-2][:-1] + "!", "\u0663"):
            assert self.client.post(f"/notifications/unsubscribing/{token}/").status_code == 404
