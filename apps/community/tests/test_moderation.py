"""Reports and decisions: what is hidden is gone everywhere at the next read, for as long as it holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from apps.api.testing import assert_problem, client_of
from apps.community.models import Action, Comment, Post, Report, Restriction
from apps.community.selectors import moderation as cases
from apps.community.selectors import posts as reads
from apps.community.selectors.feed import feed
from apps.community.selectors.subjects import NoSuchSubject
from apps.community.services import comments, likes, moderation, posts
from apps.community.services.moderation import MayNotWrite
from apps.community.signals import moderation_decided
from apps.events import erasure
from apps.events.testing import emitted
from apps.notifications import selectors as told
from apps.user_profile.models import User
from apps.user_profile.selectors.privacy import ANONYMOUS, Viewer
from apps.user_profile.services import follows, privacy
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
JSON: dict[str, Any] = {"content_type": "application/json"}


class Town:
    """Ada writes, Bela reads and reports, Max moderates."""

    def __init__(self) -> None:
        self.ada, self.bela, self.max = (create_user(name) for name in ("ada", "bela", "max"))
        follows.follow(follower_id=self.bela.pk, followed_id=self.ada.pk)
        self.post = posts.publish(author_id=self.ada.pk, content="Cheap coins @bela #coins")

    def report(self, subject: str = "", **options: Any) -> Report:
        given = {"reason": "SPAM", **options}
        return moderation.report(reporter_id=self.bela.pk, subject=subject or self.name, **given)

    def decide(self, verb: str, subject: str = "", **options: Any) -> Action:
        given = {"reason": "SPAM", **options}
        return moderation.decide(moderator_id=self.max.pk, subject=subject or self.name, verb=verb, **given)

    @property
    def name(self) -> str:
        return f"post:{self.post.pk}"


@pytest.fixture
def town() -> Town:
    return Town()


def exits(town: Town) -> list[bool]:
    """Return of every way to a post whether it leads there."""
    viewer, key = Viewer(town.bela.pk), town.post.pk
    api = client_of(town.bela)
    page = reads.posts_of(viewer, "ada")
    assert page is not None
    return [
        reads.post(viewer, key) is not None,
        reads.post(ANONYMOUS, key) is not None,
        any(each.id == key for each in page.page.items),
        any(each.id == key for each in reads.tagged(viewer, "").items),
        any(each.id == key for each in reads.tagged(viewer, "coins").items),
        any(each.id == key for each in feed(town.bela.pk).items),
        any(each.id == key for each in feed(town.bela.pk, latest=True).items),
        key in reads.previews(viewer, [key]),
        api.get(f"/api/v1/posts/{key}/").status_code == 200,
        api.get(f"/api/v1/posts/{key}/comments/").status_code == 200,
        any(each["id"] == str(key) for each in api.get("/api/v1/posts/").json()["items"]),
        any(each["id"] == str(key) for each in api.get("/api/v1/feed/").json()["items"]),
        "mention" in told.notifications_of(town.bela.pk).values_list("kind", flat=True),
    ]


def test_a_hidden_post_is_gone_from_every_exit(town: Town) -> None:
    assert all(exits(town))
    town.decide("HIDE")
    assert not any(exits(town))
    for act in (likes.like, comments.add):
        more = (
            {"content": "!", "author_id": town.bela.pk} if act is comments.add else {"user_id": town.bela.pk}
        )
        with pytest.raises(posts.NoSuchPost):
            act(post_id=town.post.pk, **more)  # type: ignore[operator]


def test_until_its_time_is_over_to_the_moment(town: Town) -> None:
    town.decide("HIDE", due_at=timezone.now() + timedelta(days=1))
    assert not any(exits(town))
    Restriction.objects.update(due_at=timezone.now())
    # What a notification told is taken back for good.
    assert exits(town) == [True] * 12 + [False]
    with emitted(moderation_decided) as events:
        assert moderation.expire() == 1
    assert [event.payload["verb"] for event in events] == ["EXPIRE"]
    assert moderation.expire() == 0
    assert list(Action.objects.order_by("pk").values_list("verb", "moderator")) == [
        ("HIDE", town.max.pk),
        ("EXPIRE", None),
    ]


def test_somebody_who_is_suspended_is_read_nowhere_and_writes_nothing(town: Town) -> None:
    own = posts.publish(author_id=town.bela.pk, content="Mine")
    comments.add(post_id=own.pk, author_id=town.ada.pk, content="Coins?")
    action = town.decide("SUSPEND")
    assert not any(exits(town))
    found = reads.post(Viewer(town.bela.pk), own.pk)
    assert found is not None
    assert reads.comments_of(Viewer(town.bela.pk), found).items == []
    for write in (
        lambda: posts.publish(author_id=town.ada.pk, content="Again"),
        lambda: posts.edit(post_id=town.post.pk, editor_id=town.ada.pk, content="Again"),
        lambda: comments.add(post_id=own.pk, author_id=town.ada.pk, content="Again"),
    ):
        with pytest.raises(MayNotWrite, match="Spam or advertising"):
            write()
    moderation.lift(moderator_id=town.max.pk, restriction_id=action.restriction.pk)
    assert exits(town)[:12] == [True] * 12
    posts.publish(author_id=town.ada.pk, content="Sorry")


def test_somebody_who_is_muted_is_read_and_writes_nothing(town: Town) -> None:
    town.decide("MUTE", f"player:{town.ada.pk}", due_at=timezone.now() + timedelta(hours=1))
    assert all(exits(town))
    with pytest.raises(MayNotWrite, match="until"):
        posts.publish(author_id=town.ada.pk, content="Again")
    Restriction.objects.update(due_at=timezone.now())
    posts.publish(author_id=town.ada.pk, content="Again")


def test_a_hidden_comment(town: Town) -> None:
    made = comments.add(post_id=town.post.pk, author_id=town.bela.pk, content="Bad words")
    assert "comment_added" in told.notifications_of(town.ada.pk).values_list("kind", flat=True)
    town.decide("HIDE", f"comment:{made.pk}")
    found = reads.post(Viewer(town.ada.pk), town.post.pk)
    assert found is not None
    assert reads.comments_of(Viewer(town.ada.pk), found).items == []
    answer = client_of(town.ada).get(f"/api/v1/posts/{town.post.pk}/comments/")
    assert answer.json()["items"] == []
    assert "comment_added" not in told.notifications_of(town.ada.pk).values_list("kind", flat=True)


def test_the_player_and_who_reported_are_told(town: Town) -> None:
    town.report()
    town.decide("HIDE", note="third time")
    [hers] = told.single_lines(
        Viewer(town.ada.pk), told.notifications_of(town.ada.pk).filter(kind="moderation")
    )
    assert hers.plain == "A moderator hid what you wrote: Spam or advertising."
    assert hers.actor is None
    [his] = told.notifications_of(town.bela.pk).filter(kind="report_answered")
    assert his.text == "Thank you: what you reported was acted on."


def test_reports(town: Town) -> None:
    first = town.report(text="the third time")
    assert town.report(reason="HATE") == first
    posts.edit(post_id=town.post.pk, editor_id=town.ada.pk, content="All fine")
    [waiting] = cases.waiting(list(cases.queue()))
    assert (waiting.subject, waiting.count) == (town.name, 1)
    assert waiting.excerpt == "Cheap coins @bela #coins"
    town.decide("NOTE", note="I look at it")
    assert cases.queue().count() == 1
    town.decide("DISMISS")
    assert cases.queue().count() == 0
    assert town.report() != first
    posts.delete(post_id=town.post.pk, user_id=town.ada.pk)
    case = cases.case(town.name)
    assert case is not None
    assert case.subject is None
    assert len(case.reports) == 2


def test_what_cannot_be_reported(town: Town) -> None:
    secret = posts.publish(author_id=town.max.pk, content="For mine", visibility="team")
    for subject in (f"post:{secret.pk}", "post:0", "post:x", "post:", "martian:1", f"player:{town.bela.pk}",
                    "player:9", f"post:{10**30}", "comment:1", ""):  # fmt: skip
        with emitted() as events, pytest.raises(NoSuchSubject):
            moderation.report(reporter_id=town.bela.pk, subject=subject, reason="SPAM")
        assert events == []
    for wrong in ({"reason": "martian"}, {"text": "x" * 501}, {"text": "\0"}):
        with pytest.raises(ValidationError):
            town.report(**wrong)
    assert not Report.objects.exists()


def test_a_flood_of_reports(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "REPORTS_PER_DAY", 1)
    town.report()
    with pytest.raises(ValidationError, match="enough"):
        town.report(f"player:{town.ada.pk}")


def test_what_cannot_be_decided(town: Town) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for wrong in (
        {"verb": "HIDE", "reason": ""},
        {"verb": "HIDE", "due_at": yesterday},
        {"verb": "HIDE", "subject": f"player:{town.ada.pk}"},
        {"verb": "LIFT"},
        {"verb": "martian"},
        {"verb": "MUTE", "subject": f"player:{town.max.pk}"},
    ):
        with emitted() as events, pytest.raises(ValidationError):
            town.decide(**wrong)  # type: ignore[arg-type]
        assert events == []
    with pytest.raises(NoSuchSubject):
        moderation.lift(moderator_id=town.max.pk, restriction_id=0)
    assert not Action.objects.exists()


def test_what_was_decided_stays(town: Town) -> None:
    town.decide("HIDE")
    for change in (
        lambda: Action.objects.update(note="never"),
        lambda: Action.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    posts.delete(post_id=town.post.pk, user_id=town.ada.pk)
    assert Action.objects.count() == 1
    assert not Restriction.objects.exists()


def test_nothing_is_kept_of_who_is_forgotten(town: Town) -> None:
    town.report()
    erasure.erase(town.ada.pk, by="test")
    assert Report.objects.get().excerpt == ""
    erasure.erase(town.bela.pk, by="test")
    assert not Report.objects.exists()


def test_the_api(town: Town) -> None:
    his = client_of(town.bela)
    body = {"about": "post", "id": str(town.post.pk), "reason": "SPAM", "text": "again"}
    made = his.post("/api/v1/reports/", body, **JSON)
    assert made.status_code == 201
    assert his.get("/api/v1/me/reports/").json()["items"] == [made.json()]
    assert made.json()["outcome"] is None
    town.decide("HIDE")
    assert his.get("/api/v1/me/reports/").json()["items"][0]["outcome"] == "acted"
    assert_problem(his.post("/api/v1/reports/", body, **JSON), 404, "not-found")
    player = {"about": "player", "id": "ada", "reason": "HATE"}
    assert his.post("/api/v1/reports/", player, **JSON).status_code == 201
    assert_problem(his.post("/api/v1/reports/", {**player, "id": "nobody"}, **JSON), 404, "not-found")
    assert_problem(his.post("/api/v1/reports/", {**player, "reason": "x"}, **JSON), 422, "invalid-values")
    assert_problem(Client().get("/api/v1/me/reports/"), 401, "unauthorized")


def test_a_private_account_s_post_is_not_reported_by_strangers(town: Town) -> None:
    privacy.update(user_id=town.ada.pk, is_private_account=True)
    stranger: User = create_user("stranger")
    with pytest.raises(NoSuchSubject):
        moderation.report(reporter_id=stranger.pk, subject=town.name, reason="SPAM")
    assert Post.objects.filter(pk=town.post.pk).exists()
    assert not Comment.objects.exists()
