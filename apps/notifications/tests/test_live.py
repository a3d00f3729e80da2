"""The bell: a word that changes with what is unread, for nobody but its player."""

import pytest

from apps.live.testing import live_server
from apps.live.tokens import issue
from apps.notifications.channels import Unread
from apps.notifications.models import Notification
from apps.notifications.services import notifications
from apps.notifications.tests.test_notifications import event
from apps.user_profile.testing import create_user


@pytest.mark.django_db
def test_nobody_hears_another_s() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    assert Unread(ada.pk, ada.pk).facts() == "0.0"
    assert Unread(bela.pk, ada.pk).facts() is None
    assert Unread(None, ada.pk).facts() is None


@pytest.mark.django_db(transaction=True)
def test_what_is_told_read_and_taken_back_is_heard() -> None:
    ada = create_user("ada")
    with live_server() as server:
        stream = server.stream(issue("unread", str(ada.pk), ada.pk))
        assert stream.next().data == {"pulse": "0.0"}
        for number in (1, 2):
            notifications.notify(event(number), [ada.pk], kind="cup", text="A cup.", about=f"cup:{number}")
            told = Notification.objects.latest("pk")
            assert stream.next().data == {"pulse": f"{number}.{told.pk}"}
        notifications.retract(kind="cup", about="cup:1")
        assert stream.next().data == {"pulse": f"1.{told.pk}"}
        notifications.mark_read(recipient_id=ada.pk, notification_id=told.pk)
        assert stream.next().data == {"pulse": "0.0"}
