"""The follow graph on the pages: buttons that work without a script, lists, requests, blocked players."""

from apps.user_profile.models import Block, Follow, FollowRequest, Mute, User
from apps.user_profile.selectors import follows as lists
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.web.tests.pages import SeasonCase, html_of, text_of


class FollowCase(SeasonCase):
    def setUp(self) -> None:
        self.ada, self.cleo = (User.objects.get(username=name) for name in ("Ada", "Cleo"))
        self.client.force_login(self.ada)

    def press(self, act: str, username: str = "Cleo", **more: str) -> str:
        answer = self.client.post(f"/@{username}/relation/", {"act": act, **more}, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()


class Buttons(FollowCase):
    def test_follow_and_unfollow(self) -> None:
        assert 'value="follow"' in html_of(self.client, "/@Cleo/")
        page = self.press("follow")
        assert 'value="unfollow"' in page
        assert "1 follower" in page
        assert 'value="follow"' in self.press("unfollow")
        assert not Follow.objects.exists()

    def test_ask_take_back_and_be_let_in(self) -> None:
        update(user_id=self.cleo.pk, is_private_account=True)
        assert "Ask to follow" in html_of(self.client, "/@Cleo/")
        assert 'value="cancel"' in self.press("follow")
        assert "Ask to follow" in self.press("cancel")
        self.press("follow")
        self.client.force_login(self.cleo)
        assert "Ada" in text_of(self.client, "/requests/")
        page = self.press("approve", "Ada", next="/requests/")
        assert "This player follows you now" in page
        assert "Nobody waits" in page
        assert Follow.objects.filter(follower=self.ada, followed=self.cleo).exists()

    def test_decline(self) -> None:
        update(user_id=self.cleo.pk, is_private_account=True)
        self.press("follow")
        self.client.force_login(self.cleo)
        self.press("reject", "Ada", next="/requests/")
        assert "This request is no longer there" in self.press("reject", "Ada", next="/requests/")
        assert not FollowRequest.objects.pending().exists()

    def test_block_and_unblock(self) -> None:
        follows.follow(follower_id=self.cleo.pk, followed_id=self.ada.pk)
        page = self.press("block")
        assert 'value="unblock"' in page
        assert 'value="follow"' not in page
        assert not Follow.objects.exists()
        assert "Cleo" in text_of(self.client, "/settings/blocked/")
        self.press("unblock", next="/settings/blocked/")
        assert not Block.objects.exists()

    def test_a_block_can_be_taken_back_by_who_is_blocked_too(self) -> None:
        follows.block(user_id=self.ada.pk, blocked_id=self.cleo.pk)
        follows.block(user_id=self.cleo.pk, blocked_id=self.ada.pk)
        self.press("unblock", next="/settings/blocked/")
        assert not Block.objects.filter(user=self.ada).exists()

    def test_mute_and_unmute(self) -> None:
        assert 'value="unmute"' in self.press("mute")
        assert "Cleo" in text_of(self.client, "/settings/blocked/")
        assert 'value="mute"' in self.press("unmute")
        assert not Mute.objects.exists()

    def test_remove_a_follower(self) -> None:
        follows.follow(follower_id=self.cleo.pk, followed_id=self.ada.pk)
        page = self.press("remove", next="/@Ada/followers/")
        assert "No followers here" in page

    def test_bad_input(self) -> None:
        assert "You cannot follow yourself" in self.press("follow", "Ada")
        update(user_id=self.cleo.pk, allow_friend_requests=False)
        assert "takes no new followers" in self.press("follow")
        for path, act in (
            ("/@nobody/", "follow"),
            ("/@Cleo/", "marry"),
            ("/@Cleo/", "a\0b"),
            ("/@Cleo/", ""),
        ):
            assert self.client.post(f"{path}relation/", {"act": act}).status_code == 404
        assert self.client.get("/@Cleo/relation/").status_code == 405
        for elsewhere in ("https://example.org/", "//example.org", "\0", "/" * 3 + "example.org"):
            answer = self.client.post("/@Cleo/relation/", {"act": "mute", "next": elsewhere})
            assert answer.headers["Location"] == "/@Cleo/"
        follows.block(user_id=self.cleo.pk, blocked_id=self.ada.pk)
        follows.unmute(user_id=self.ada.pk, muted_id=self.cleo.pk)
        assert self.client.post("/@Cleo/relation/", {"act": "follow"}).status_code == 404
        assert not Follow.objects.exists()

    def test_a_forged_request_is_refused(self) -> None:
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.ada)
        assert client.post("/@Cleo/relation/", {"act": "follow"}).status_code == 403
        assert not Follow.objects.exists()

    def test_who_is_not_signed_in_is_asked_to(self) -> None:
        self.client.logout()
        assert self.client.post("/@Cleo/relation/", {"act": "follow"}).status_code == 302
        assert "Sign in to follow" in html_of(self.client, "/@Cleo/")
        assert not Follow.objects.exists()


class Lists(FollowCase):
    def test_pages_of_a_key(self) -> None:
        for number in range(lists.PER_PAGE + 2):
            follows.follow(follower_id=create_user(f"fan-{number}").pk, followed_id=self.cleo.pk)
        first = html_of(self.client, "/@Cleo/followers/")
        assert "/@fan-49/" in first
        assert "/@fan-1/" not in first
        [key] = {part.split('"')[0] for part in first.split("?before=")[1:]}
        second = html_of(self.client, f"/@Cleo/followers/?before={key}")
        assert "/@fan-1/" in second
        assert "/@fan-2/" not in second
        for odd in ("x", "-1", "9" * 40, "a\0b", "\u0661"):
            assert "/@fan-49/" in html_of(self.client, f"/@Cleo/followers/?before={odd}")

    def test_who_may_read_them(self) -> None:
        follows.follow(follower_id=self.ada.pk, followed_id=self.cleo.pk)
        for kind, other in (("followers", "following"), ("following", "followers")):
            update(user_id=self.cleo.pk, **{f"{kind}_list_visibility": "only_me"})
            assert self.client.get(f"/@Cleo/{kind}/").status_code == 404
            assert f"/@Cleo/{kind}/" not in html_of(self.client, "/@Cleo/")
            assert self.client.get(f"/@Cleo/{other}/").status_code == 200
            update(user_id=self.cleo.pk, **{f"{kind}_list_visibility": "followers"})
            assert self.client.get(f"/@Cleo/{kind}/").status_code == 200
            update(user_id=self.cleo.pk, **{f"{kind}_list_visibility": "everyone"})
        self.client.logout()
        update(user_id=self.cleo.pk, followers_list_visibility="followers")
        assert self.client.get("/@Cleo/followers/").status_code == 404

    def test_who_blocks_the_viewer_is_not_in_them(self) -> None:
        bo = User.objects.get(username="Bo")
        follows.follow(follower_id=bo.pk, followed_id=self.cleo.pk)
        assert "/@Bo/" in html_of(self.client, "/@Cleo/followers/")
        follows.block(user_id=bo.pk, blocked_id=self.ada.pk)
        assert "/@Bo/" not in html_of(self.client, "/@Cleo/followers/")

    def test_another_spelling_leads_to_the_list(self) -> None:
        answer = self.client.get("/@cLEO/followers/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/@Cleo/followers/")
        assert self.client.get("/@nobody/followers/").status_code == 404
