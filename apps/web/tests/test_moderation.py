"""Reporting, and the desk of moderators."""

from django.contrib.auth.models import Permission
from django.test import TestCase

from apps.community.models import Action, Report, Restriction
from apps.community.services import comments, posts
from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

QUEUE = "/moderation/"
QUERIES_MAX = 10  # session, user, two of permissions, card, unread; count, page, reports, cards


class Moderation(TestCase):
    ada: User
    bela: User
    max: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Let Ada write something that Bela reports to Max."""
        cls.ada, cls.bela, cls.max = (create_user(name) for name in ("ada", "bela", "max"))
        cls.max.user_permissions.add(Permission.objects.get(codename="moderate"))
        cls.post = posts.publish(author_id=cls.ada.pk, content="Cheap <b>coins</b>")
        cls.comment = comments.add(post_id=cls.post.pk, author_id=cls.ada.pk, content="Really")

    def setUp(self) -> None:
        """Report it, and sign Max in."""
        self.path = f"/posts/{self.post.pk}/"
        self.client.force_login(self.bela)
        for subject in (f"post/{self.post.pk}", f"comment/{self.comment.pk}", f"player/{self.ada.pk}"):
            link = f"/reports/{subject}/"
            assert link in html_of(self.client, "/@ada/" if "player" in subject else self.path)
            answer = self.client.post(link, {"reason": "SPAM", "text": "again"}, follow=True)
            assert "A moderator looks at it." in answer.content.decode()
        self.client.force_login(self.max)

    def test_from_the_queue_to_the_end(self) -> None:
        assert "3 reports" not in text_of(self.client, QUEUE)
        assert "Cheap <b>coins</b>".replace("<", "&lt;").replace(">", "&gt;") in html_of(self.client, QUEUE)
        with at_most(QUERIES_MAX, QUEUE):
            self.client.get(QUEUE)
        case = f"{QUEUE}post/{self.post.pk}/"
        assert "bela" in text_of(self.client, case)
        answer = self.client.post(case, {"verb": "HIDE", "reason": "", "span": "24"})
        assert "Say why" in answer.content.decode()
        assert not Action.objects.exists()
        given = {"verb": "HIDE", "reason": "SPAM", "span": "24", "note": "third time"}
        page = self.client.post(case, given, follow=True).content.decode()
        assert "third time" in page
        assert self.client.get(self.path).status_code == 404
        assert Report.objects.filter(closed_by=None).count() == 2
        restriction = Restriction.objects.get()
        assert restriction.due_at is not None
        self.client.post(f"{QUEUE}restrictions/{restriction.pk}/end/")
        assert self.client.get(self.path).status_code == 200
        again = self.client.post(f"{QUEUE}restrictions/{restriction.pk}/end/", follow=True)
        assert "no more" in again.content.decode()

    def test_a_suspended_player_is_told_why_by_the_form(self) -> None:
        given = {"verb": "SUSPEND", "reason": "HATE", "span": "0"}
        self.client.post(f"{QUEUE}player/{self.ada.pk}/", given)
        self.client.force_login(self.ada)
        said = self.client.post("/posts/", {"content": "Again", "visibility": "public"}).content.decode()
        assert "A moderator decided that you may not write here." in said
        assert "hid all that you write here" in text_of(self.client, "/notifications/")

    def test_nobody_else(self) -> None:
        for user in (self.ada, self.bela):
            self.client.force_login(user)
            for path in (QUEUE, f"{QUEUE}post/{self.post.pk}/"):
                assert self.client.get(path).status_code == 403
                assert self.client.post(path, {"verb": "DISMISS"}).status_code in (403, 405)
        self.client.logout()
        assert self.client.get(QUEUE).status_code == 302

    def test_nonsense_is_not_there(self) -> None:
        for path in ("post/0/", f"post/{10**30}/", "martian/1/", "player/0/"):
            assert self.client.get(f"{QUEUE}{path}").status_code == 404
        answer = self.client.post(f"/reports/post/{10**30}/", {"reason": "SPAM"}, follow=True)
        assert "not there any more" in answer.content.decode()
        assert (
            "Select a valid choice"
            in self.client.post(f"/reports/post/{self.post.pk}/", {"reason": "martian"}).content.decode()
        )
