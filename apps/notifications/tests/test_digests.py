"""The e-mail of a day, and quiet hours: by the clock of the player, once a day, whoever dies over it."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from apps.api.testing import assert_problem, client_of
from apps.community.services import likes, posts
from apps.events import erasure
from apps.notifications.models import Digest, Hours, Mail, Notification, Outcome
from apps.notifications.services import digests, hours, leaving, mails, notifications, preferences
from apps.notifications.services.hours import Times
from apps.notifications.tests.test_mails import ada, bela, breaks
from apps.notifications.tests.test_notifications import event
from apps.tournaments.services.news import MATCH
from apps.user_profile.models import User
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

__all__ = ["ada", "bela"]
pytestmark = pytest.mark.django_db
BERLIN = Times("Europe/Berlin", is_daily=True, daily_at=8, quiet_from=22, quiet_until=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day", "moment"),
    [
        ("2026-11-28 06:59", "2026-11-28", "2026-11-28 07:00"),
        ("2026-11-28 07:00", "2026-11-29", "2026-11-29 07:00"),
        ("2026-11-28 23:30", "2026-11-29", "2026-11-29 07:00"),  # in Berlin it is tomorrow
        ("2026-03-28 12:00", "2026-03-29", "2026-03-29 06:00"),  # summer begins in the night
        ("2026-10-24 12:00", "2026-10-25", "2026-10-25 07:00"),
    ],
)
def test_when_the_next_digest_leaves(now: str, day: str, moment: str) -> None:
    found = BERLIN.next_digest(at(now))
    assert (found[0].isoformat(), found[1]) == (day, at(moment))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-28 20:59", None),
        ("2026-11-28 21:00", "2026-11-29 06:00"),
        ("2026-11-29 05:59", "2026-11-29 06:00"),
        ("2026-11-29 06:00", None),
        ("2026-03-28 23:00", "2026-03-29 05:00"),
    ],
)
def test_quiet_hours(now: str, until: str | None) -> None:
    assert BERLIN.quiet_until_at(at(now)) == (at(until) if until else None)
    assert Times().quiet_until_at(at(now)) is None


def test_quiet_hours_of_one_day() -> None:
    noon = Times(quiet_from=12, quiet_until=14)
    assert noon.quiet_until_at(at("2026-11-28 13:00")) == at("2026-11-28 14:00")
    assert noon.quiet_until_at(at("2026-11-28 14:00")) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"daily_at": 24}, "daily_at"),
        ({"quiet_from": 3}, "quiet_until"),
        ({"quiet_from": 3, "quiet_until": 3}, "quiet_until"),
    ],
)
def test_hours_that_cannot_be(ada: User, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        hours.choose(ada.pk, Times(**wrong))
    assert set(refused.value.message_dict) == {field}
    assert not Hours.objects.exists()


def daily(user: User) -> None:
    hours.choose(user.pk, Times(is_daily=True))


def be_due() -> None:
    Digest.objects.update(due_at=timezone.now())


def work() -> list[str]:
    """Send what is due; return the subjects of what left."""
    before = len(mail.outbox)
    mails.send(mails.claim())
    digests.send(digests.claim())
    return [each.subject for each in mail.outbox[before:]]


@pytest.fixture
def told(ada: User, bela: User) -> User:
    """Let a day of Ada have three notifications in two lines; she wants them together."""
    daily(ada)
    post = posts.publish(author_id=ada.pk, content="Scrims?")
    preferences.choose(ada.pk, {"post_liked": preferences.Wish(in_app=True, by_email=True)})
    for fan in (create_user(), bela):
        likes.like(post_id=post.pk, user_id=fan.pk)
    preferences.choose(ada.pk, {"followed": preferences.Wish(in_app=False, by_email=True)})
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    return ada


def outcomes() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_day_is_one_e_mail(told: User, settings: Any) -> None:
    settings.SITE_URL = "https://crown.example"
    assert work() == []
    be_due()
    assert work() == ["Your day: 2 things happened"]
    letter = mail.outbox[-1]
    assert "- Béla and 1 other like your post.\n  https://crown.example/posts/" in letter.body
    assert "- Béla follows you.\n  https://crown.example/@bela/" in letter.body
    headers = letter.message()
    assert headers["Message-ID"] == f"<digest.{Digest.objects.get().pk}@crown.example>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert outcomes() == [Outcome.SENT] * 3
    assert work() == []


def test_heard_twice_it_is_in_it_once(told: User) -> None:
    for each in Notification.objects.all():
        mails.enqueue(each.event_id, each.kind, [told.pk])
    assert (Mail.objects.count(), Digest.objects.count()) == (3, 1)


def test_the_day_that_has_left_takes_nothing_more(told: User, bela: User) -> None:
    be_due()
    work()
    notifications.notify(event(2), [told.pk], kind="mention", text="Another.")
    first, second = Digest.objects.order_by("day")
    assert second.day == first.day + timedelta(days=1)
    assert Mail.objects.get(outcome=Outcome.WAITING).digest == second
    assert work() == []


def test_who_dies_before_he_sends_leaves_it_for_later(told: User) -> None:
    be_due()
    assert digests.claim()
    assert work() == []
    be_due()  # the lease is over
    assert len(work()) == 1


def test_who_dies_before_he_writes_it_down_sends_the_same_again(
    told: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_due()
    with monkeypatch.context() as patch:
        patch.setattr(digests, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            work()
    assert outcomes() == [Outcome.WAITING] * 3
    be_due()
    work()
    first, second = (letter.message()["Message-ID"] for letter in mail.outbox)
    assert first == second  # mail programs show it once
    assert Digest.objects.get().outcome == Outcome.SENT


def test_what_no_longer_holds_is_not_in_it(told: User, bela: User) -> None:
    follows.block(user_id=told.pk, blocked_id=bela.pk)
    be_due()
    assert work() == ["Your day: 1 thing happened"]
    assert sorted(outcomes()) == [Outcome.SENT, Outcome.WITHHELD, Outcome.WITHHELD]


def test_nothing_left_nothing_sent(told: User) -> None:
    notifications.mark_all_read(recipient_id=told.pk, up_to_id=Notification.objects.latest("pk").pk)
    preferences.stop_mail(told.pk, ["followed"])
    be_due()
    assert work() == []
    found = Digest.objects.get()
    assert (found.outcome, found.note) == (Outcome.WITHHELD, digests.NOTHING_LEFT)
    assert outcomes() == [Outcome.WITHHELD] * 3


def test_it_is_given_up_with_its_lines(told: User, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")}))
    be_due()
    work()
    assert Digest.objects.get().outcome == Outcome.FAILED
    assert outcomes() == [Outcome.FAILED] * 3


def test_what_cannot_wait_does_not(told: User) -> None:
    hours.choose(told.pk, whole_day())
    notifications.notify(event(2), [told.pk], kind=MATCH, text="Your match waits.")
    assert work() == ["Your match waits."]


def whole_day() -> Times:
    """Return hours that are quiet now, and go on for a day but one hour."""
    hour = (timezone.now().hour - 1) % 24
    return Times(is_daily=True, quiet_from=hour, quiet_until=(hour - 1) % 24)


def test_in_quiet_hours_all_waits(told: User) -> None:
    Hours.objects.update(is_daily=False)
    notifications.notify(event(2), [told.pk], kind="mention", text="Another.")
    times = whole_day()
    hours.choose(told.pk, times)
    be_due()
    assert work() == []
    quiet_until = times.quiet_until_at(timezone.now())
    assert Digest.objects.get().due_at == Mail.objects.get(digest=None).due_at == quiet_until
    assert {each.attempts for each in Mail.objects.all()} == {0}
    Hours.objects.update(quiet_from=None, quiet_until=None)
    be_due()
    Mail.objects.filter(digest=None).update(due_at=timezone.now())
    assert len(work()) == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_told_while_it_leaves_goes_with_the_next(ada: User) -> None:
    daily(ada)
    notifications.notify(event(1), [ada.pk], kind="mention", text="One.")
    be_due()
    found = Digest.objects.get(pk=digests.claim()[0])

    def tell() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
        row = Notification.objects.create(
            recipient=ada, event_id=event(2).id, kind="mention", text="Two.", thread="2",
            occurred_at=timezone.now(),
        )  # fmt: skip
        mails.enqueue(row.event_id, row.kind, [ada.pk])

    # One is put in after its lines were read, one waits for the digest to be settled.
    late = Notification.objects.create(
        recipient=ada, event_id=event(3).id, kind="mention", text="Three.", thread="3",
        occurred_at=timezone.now(),
    )  # fmt: skip
    reasons = {each.pk: "" for each in digests.lines_of(found)}
    mails.row(late.pk, found).save()
    Digest.objects.update(due_at=hours.times_of(ada.pk).next_digest(timezone.now())[1])
    with other_threads() as start:
        with transaction.atomic():
            digests.settle(found, Outcome.SENT, "", reasons)
            waiting = start(tell)
            wait_until_somebody_waits_for_us()
        waiting.result()
    first, second = Digest.objects.order_by("day")
    assert [each.outcome for each in first.mails.all()] == [Outcome.SENT]
    assert {each.outcome for each in second.mails.all()} == {Outcome.WAITING}
    assert second.mails.count() == 2


def test_the_link_of_a_digest_ends_all_that_it_has(told: User) -> None:
    user_id, code = preferences.read_token(preferences.link_token(told.pk, preferences.DIGEST))
    preferences.stop_mail(user_id, preferences.codes_of(code))
    wanted = {kind for kind, wish in preferences.wishes_of(told.pk).items() if wish.by_email}
    assert wanted == {"tournament_entry", "tournament_match"}


def test_who_is_forgotten_has_no_hours(told: User) -> None:
    erasure.erase(told.pk, by="test")
    assert not Hours.objects.exists()
    assert not Digest.objects.exists()


def test_what_is_old_is_not_kept(told: User) -> None:
    be_due()
    work()
    old = timezone.now() - timedelta(days=notifications.KEPT_DAYS + 1)
    Digest.objects.update(settled_at=old)
    notifications.prune(timezone.now())
    assert Digest.objects.exists()  # its lines are kept
    Notification.objects.update(created_at=old, retracted_at=old)
    notifications.prune(timezone.now())
    notifications.prune(timezone.now())
    assert not Digest.objects.exists()


def test_hours_by_api(ada: User) -> None:
    hers, path = client_of(ada), "/api/v1/me/notifications/hours/"
    json: dict[str, Any] = {"content_type": "application/json"}
    assert hers.get(path).json() == {
        "time_zone": "UTC", "is_daily": False, "daily_at": 8, "quiet_from": None, "quiet_until": None,
    }  # fmt: skip
    wanted = {"time_zone": "Asia/Dhaka", "is_daily": True, "daily_at": 19, "quiet_from": 23, "quiet_until": 7}
    assert hers.put(path, wanted, **json).json() == wanted
    assert hers.get(path).json() == wanted
    for wrong in ({"time_zone": "x"}, {"daily_at": 24}, {"quiet_from": None}, {"quiet_from": 7}):
        assert_problem(hers.put(path, wanted | wrong, **json), 422, "invalid-values")
    assert hers.get(path).json() == wanted


def test_a_lease_is_longer_than_a_turn() -> None:
    assert timedelta(seconds=leaving.SPEND_S) < leaving.LEASE
