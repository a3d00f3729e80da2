"""The pages of posts: written, read, liked, commented, edited and deleted without a script."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from apps.community.models import Comment, Like, Post
from apps.community.services import comments, likes, posts
from apps.user_profile.models import User
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

QUERIES_MAX = (
    10  # session, user; whose, and may he; keys, posts, pictures, policy; card and unread of the header
)


class Posts(TestCase):
    ada: User
    bela: User
    post: Post

    @classmethod
    def setUpTestData(cls) -> None:
        """Let Ada post, and Bela comment."""
        cls.ada, cls.bela = create_user("ada", display_name="Ada"), create_user("bela", display_name="Bela")
        cls.post = posts.publish(author_id=cls.ada.pk, content="**Scrims** tonight? @bela #duos")
        comments.add(post_id=cls.post.pk, author_id=cls.bela.pk, content="I am in, *of course*")
        likes.like(post_id=cls.post.pk, user_id=cls.bela.pk)

    def setUp(self) -> None:
        """Sign Bela in."""
        self.client.force_login(self.bela)
        self.page = f"/posts/{self.post.pk}/"

    def test_the_list(self) -> None:
        for path in ("/posts/", "/posts/?tag=duos", "/posts/?tag=DUOS", "/@ada/posts/"):
            html = html_of(self.client, path)
            assert "<strong>Scrims</strong> tonight?" in html
            assert '<a href="/@bela/" rel="nofollow ugc noopener noreferrer">@bela</a>' in html
            with at_most(QUERIES_MAX, path):
                self.client.get(path)
        assert "Nothing here yet" in text_of(self.client, "/posts/?tag=solo")
        assert "No posts here" in text_of(self.client, "/@bela/posts/")

    def test_the_post_and_its_comments(self) -> None:
        html = html_of(self.client, self.page)
        assert "<h1>Post by Ada</h1>" in html
        assert "<title>Ada: Scrims tonight? @bela #duos · DeltaCrown</title>" in html
        assert "I am in, <em>of course</em>" in html
        assert 'aria-pressed="true"' in html
        with at_most(10, self.page):
            self.client.get(self.page)

    def test_writing(self) -> None:
        answer = self.client.post("/posts/", {"content": "Hi <b>", "visibility": "followers"}, follow=True)
        assert "Posted." in answer.content.decode()
        assert Post.objects.latest("pk").visibility == "followers"
        assert "For followers" in text_of(self.client, "/@bela/posts/")
        assert "Hi &lt;b&gt;" in html_of(self.client, "/@bela/posts/")

    def test_what_is_refused_is_said_at_its_field(self) -> None:
        no_picture = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
        for given, said in (
            ({"content": " "}, "Write something"),
            ({"content": "a\0"}, "Null characters are not allowed"),
            ({"content": "a\x1b"}, "nobody can read"),
            ({"content": " ".join(f"@a{n}" for n in range(11))}, "mention 10 players at most"),
            ({"content": "x", "image": no_picture}, "not a picture that we can read"),
            ({"content": "x", "visibility": "martians"}, "Select a valid choice"),
        ):
            answer = self.client.post("/posts/", {"visibility": "public", **given})
            assert answer.status_code == 200
            assert said in answer.content.decode()
        assert Post.objects.count() == 1

    def test_liking(self) -> None:
        back = {"next": "/posts/?tag=duos"}
        answer = self.client.post(f"{self.page}like/", {"like": "off", **back})
        assert answer.headers["Location"] == f"/posts/?tag=duos#post-{self.post.pk}"
        assert not Like.objects.exists()
        self.client.post(f"{self.page}like/", {"like": "on", "next": "//evil.example/"})
        assert Like.objects.count() == 1

    def test_commenting(self) -> None:
        answer = self.client.post(f"{self.page}comments/", {"content": "And @ada too"})
        comment = Comment.objects.latest("pk")
        assert answer.headers["Location"].endswith(f"#comment-{comment.pk}")
        assert "And" in text_of(self.client, answer.headers["Location"])
        answer = self.client.post(f"{self.page}comments/", {"content": "x" * 1001})
        assert "at most 1000 characters" in answer.content.decode()
        self.client.post(f"{self.page}comments/{comment.pk}/deletion/")
        assert not Comment.objects.filter(pk=comment.pk).exists()

    def test_editing_and_deleting(self) -> None:
        assert self.client.get(f"{self.page}editing/").status_code == 404
        answer = self.client.post(f"{self.page}deletion/", follow=True)
        assert "not there any more" in answer.content.decode()
        self.client.force_login(self.ada)
        assert "Never edited" in text_of(self.client, f"{self.page}history/")
        self.client.post(f"{self.page}editing/", {"content": "Scrims tomorrow"})
        assert "Scrims tomorrow" in text_of(self.client, self.page)
        assert "Scrims tonight?" in text_of(self.client, f"{self.page}history/")
        self.client.force_login(self.bela)
        assert "edited" in text_of(self.client, self.page)
        assert self.client.get(f"{self.page}history/").status_code == 404
        self.client.force_login(self.ada)
        answer = self.client.post(f"{self.page}editing/", {"content": "x\x1b"})
        assert "nobody can read" in answer.content.decode()
        self.client.post(f"{self.page}deletion/")
        assert self.client.get(self.page).status_code == 404

    def test_a_post_deleted_meanwhile(self) -> None:
        posts.delete(post_id=self.post.pk, user_id=self.ada.pk)
        for path in ("like/", "comments/", "deletion/"):
            answer = self.client.post(f"{self.page}{path}", {"content": "late"}, follow=True)
            assert "not there any more" in answer.content.decode()

    def test_what_is_hidden_is_not_there(self) -> None:
        hidden = posts.publish(author_id=self.ada.pk, content="Psst", visibility="followers")
        for path in (f"/posts/{hidden.pk}/", f"/posts/{hidden.pk}/history/"):
            assert self.client.get(path).status_code == 404
        assert "Psst" not in html_of(self.client, "/@ada/posts/")
        assert "Psst" not in html_of(self.client, "/@ada/")
        follows.follow(follower_id=self.bela.pk, followed_id=self.ada.pk)
        assert "Psst" in html_of(self.client, f"/posts/{hidden.pk}/")
        follows.block(user_id=self.ada.pk, blocked_id=self.bela.pk)
        assert self.client.get("/@ada/posts/").status_code == 404
        assert "Scrims" not in html_of(self.client, "/posts/")

    def test_the_profile_tells_what_was_posted_as_it_is_now(self) -> None:
        assert "Posted: Scrims tonight? @bela #duos" in re.sub(r"\s+", " ", text_of(self.client, "/@ada/"))
        posts.edit(post_id=self.post.pk, editor_id=self.ada.pk, content="Another time")
        assert "Posted: Another time" in text_of(self.client, "/@ada/")
        posts.delete(post_id=self.post.pk, user_id=self.ada.pk)
        assert "Posted" not in text_of(self.client, "/@ada/")

    def test_nonsense_is_not_there(self) -> None:
        for path in (f"/posts/{10**30}/", "/posts/0/", f"/posts/{10**30}/history/", "/@nobody/posts/"):
            assert self.client.get(path).status_code == 404
        for query in ("before=x", "before=%00", f"before={'9' * 40}", "tag=%00", "tag=" + "x" * 3000):
            assert self.client.get(f"/posts/?{query}").status_code == 200
        assert self.client.post(f"/posts/{10**30}/like/").status_code == 302
        assert self.client.get(f"{self.page}like/").status_code == 405

    def test_who_is_not_signed_in_reads_and_is_asked_to_sign_in(self) -> None:
        self.client.logout()
        assert "Scrims" in text_of(self.client, "/posts/")
        assert "Sign in to comment" in text_of(self.client, self.page)
        assert (
            self.client.post("/posts/", {"content": "x"}).headers["Location"].startswith("/accounts/login/")
        )
        for path in ("like/", "comments/", "deletion/", "editing/"):
            answer = self.client.post(self.page + path)
            assert answer.headers["Location"].startswith("/accounts/login/")
