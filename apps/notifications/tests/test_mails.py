"""E-mails: once for each notification, tried again when they fail, and never about what no longer holds."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from apps.community.services import comments, posts
from apps.notifications import jobs, selectors
from apps.notifications.models import Mail, Notification, Outcome
from apps.notifications.services import leaving, mails, notifications, preferences
from apps.notifications.services.preferences import Wish
from apps.notifications.tests.test_notifications import event
from apps.user_profile.models import User
from apps.user_profile.services import follows, privacy, profiles
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    made = create_user("ada", display_name="Ada")
    EmailAddress.objects.create(user=made, email="ada@example.org", primary=True, verified=True)
    return made


@pytest.fixture
def bela() -> User:
    return create_user("bela", display_name="Béla")


@pytest.fixture
def told(ada: User, bela: User) -> Notification:
    """Return what Ada is told: Béla comments on her post."""
    post = posts.publish(author_id=ada.pk, content="Scrims?")
    comments.add(post_id=post.pk, author_id=bela.pk, content="At eight.")
    return Notification.objects.get(recipient=ada)


def work() -> int:
    """Send what is due; return how many left."""
    before = len(mail.outbox)
    mails.send(mails.claim())
    return len(mail.outbox) - before


def outcome() -> tuple[str, str]:
    found = Mail.objects.get()
    return found.outcome, found.note


def breaks(patch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(*_: Any) -> int:
        raise error

    patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)


def test_what_it_says(told: Notification, settings: Any) -> None:
    settings.SITE_URL = "https://crown.example"
    assert work() == 1
    [letter] = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert letter.subject == "Béla comments on your post: At eight."
    assert f"https://crown.example{told.url}" in letter.body
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<https://crown.example/notifications/unsubscribing/")
    assert headers["Message-ID"] == f"<notification.{told.pk}@crown.example>"
    assert outcome() == (Outcome.SENT, "")


def test_once(told: Notification) -> None:
    mails.enqueue(told.event_id, told.kind, [told.recipient_id])
    assert Mail.objects.count() == 1
    taken = mails.claim()
    assert mails.claim() == []
    mails.send(taken)
    assert len(mail.outbox) == 1
    assert work() == 0


def test_it_leaves_when_the_claim_is_committed(
    told: Notification, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        jobs.send_mails()
        assert mail.outbox == []
    [send] = callbacks
    send()
    assert len(mail.outbox) == 1


def test_who_dies_in_the_middle_leaves_it_for_later(told: Notification) -> None:
    assert mails.claim() == [told.pk]
    assert work() == 0
    Mail.objects.update(due_at=timezone.now())  # the lease is over
    assert work() == 1


def test_it_is_tried_again_and_given_up_where_the_player_sees_it(
    told: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, SMTPServerDisconnected("gone"))
    for number in range(1, len(leaving.PAUSES_S) + 1):
        Mail.objects.update(due_at=timezone.now())
        assert work() == 0
        found = Mail.objects.get()
        assert (found.outcome, found.attempts) == (Outcome.WAITING, number)
        assert found.due_at > timezone.now() + timedelta(seconds=leaving.PAUSES_S[number - 1] - 1)
    Mail.objects.update(due_at=timezone.now())
    work()
    assert outcome() == (Outcome.FAILED, "SMTPServerDisconnected: gone")
    assert [each.pk for each in selectors.failed_mails_of(told.recipient_id)] == [told.pk]
    assert selectors.unread_count(told.recipient_id) == 1


def test_an_address_that_the_server_never_takes(told: Notification, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")}))
    work()
    assert outcome() == (Outcome.FAILED, "SMTPRecipientsRefused: 550")


def test_while_the_server_is_away_only_one_asks_for_it(
    told: Notification, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifications.notify(event(2), [ada.pk], kind=told.kind, text="Another.")
    assert Mail.objects.count() == 2
    breaks(monkeypatch, SMTPServerDisconnected("gone"))
    work()
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 1]
    assert mails.claim() == []


def test_what_no_longer_holds_stays_here(told: Notification, bela: User) -> None:
    follows.block(user_id=told.recipient_id, blocked_id=bela.pk)
    assert work() == 0
    assert outcome() == (Outcome.WITHHELD, "It no longer holds.")


def test_what_was_read_stays_here(told: Notification) -> None:
    notifications.mark_read(recipient_id=told.recipient_id, notification_id=told.pk)
    assert work() == 0
    assert outcome() == (Outcome.WITHHELD, "It was read.")


def test_an_address_that_nobody_verified_gets_nothing(told: Notification) -> None:
    EmailAddress.objects.update(verified=False)
    assert work() == 0
    assert outcome() == (Outcome.WITHHELD, "There is no verified address.")


def test_what_is_no_longer_wanted_stays_here(told: Notification) -> None:
    preferences.stop_mail(told.recipient_id, [told.kind])
    assert work() == 0
    assert outcome() == (Outcome.WITHHELD, "It is no longer wanted by e-mail.")


def test_a_closed_account_gets_nothing_and_is_not_told_of(told: Notification, bela: User) -> None:
    User.objects.filter(pk=bela.pk).update(is_active=False)
    assert work() == 0
    assert outcome() == (Outcome.WITHHELD, "It is about a closed account.")


def test_the_name_is_that_of_the_moment_it_leaves(told: Notification, bela: User) -> None:
    profiles.rename(user_id=bela.pk, display_name="Bob")
    privacy.update(user_id=bela.pk, is_private_account=True)
    work()
    assert mail.outbox[0].subject == "Bob comments on your post: At eight."


def test_by_e_mail_alone(ada: User, bela: User) -> None:
    preferences.choose(ada.pk, {"followed": Wish(in_app=False, by_email=True)})
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    assert selectors.unread_count(ada.pk) == 0
    assert list(selectors.threads_of(ada.pk)) == []
    assert work() == 1


def test_neither(ada: User, bela: User) -> None:
    preferences.choose(ada.pk, {"followed": Wish(in_app=False, by_email=False)})
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    assert not Notification.objects.exists()


def test_what_is_old_and_read_is_not_kept(told: Notification) -> None:
    old = timezone.now() - timedelta(days=notifications.KEPT_DAYS + 1)
    Notification.objects.update(created_at=old)
    assert notifications.prune(timezone.now()) == 0
    Notification.objects.update(read_at=old)
    assert notifications.prune(timezone.now()) == 0  # its e-mail waits
    work()
    assert notifications.prune(timezone.now()) == 1
