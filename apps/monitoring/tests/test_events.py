"""The explorer on screen: found by anything, no personal value without a trace, erased stays erased."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.events import erasure
from apps.events.models import EventLog
from apps.events.testing import deliver_all
from apps.events.tests import sample
from apps.events.tests.turns import ping
from apps.live import channels, tokens
from apps.monitoring.models import Milestone
from apps.monitoring.services import milestones
from apps.monitoring.testing import operator
from apps.user_profile.models import StaffLook, User
from apps.user_profile.services import accounts
from apps.user_profile.signals import display_name_changed
from apps.web.tests.pages import at_most, html_of, text_of

PAGE = "/ops/events/"


def uid_of(event_type: str) -> str:
    return str(EventLog.objects.filter(event_type=event_type).latest("pk").uid)


@pytest.fixture
def ada(db: None) -> User:
    user = accounts.sign_up(username="Ada")
    display_name_changed.send(None, user_id=user.pk, old_name="Ada", new_name="Countess")
    return user


def test_found_by_type_user_and_request(client: Client, ada: User) -> None:
    operator(client)
    assert "display_name_changed" in text_of(client, PAGE)
    assert "<code>display_name_changed</code>" not in html_of(client, f"{PAGE}?type=user_erased")
    mine = html_of(client, f"{PAGE}?user={ada.pk}")
    assert f"<code>user:{ada.pk}</code>" in mine
    request = EventLog.objects.get(event_type="display_name_changed").correlation_id
    assert "display_name_changed" in text_of(client, f"{PAGE}?request={request}")
    assert "No event fits" in text_of(client, f"{PAGE}?since=2999-01-01T00:00")
    assert "1 event" in text_of(client, f"/ops/requests/{request}/")


@pytest.mark.parametrize(
    "query", ["user=x", f"user={2**70}", "user=-1", "request=1", "since=soon", "before=x", "type=a%00b"]
)  # fmt: skip
def test_a_bad_query_is_answered(client: Client, db: None, query: str) -> None:
    operator(client)
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_what_is_not_there(client: Client, db: None) -> None:
    operator(client)
    assert client.get(f"{PAGE}{uuid4()}/").status_code == 404
    assert client.get(f"/ops/requests/{uuid4()}/").status_code == 404
    assert client.get(f"{PAGE}{uuid4()}/personal/").status_code == 405


def test_pages_begin_behind_an_event(client: Client, ada: User) -> None:
    operator(client)
    rows = [{"user_id": ada.pk, "old_name": "x", "new_name": str(number)} for number in range(60)]
    display_name_changed.send_many(None, rows)
    first = html_of(client, f"{PAGE}?type=display_name_changed")
    assert first.count("<code>display_name_changed</code>") == 50
    [last] = EventLog.objects.filter(event_type="display_name_changed").order_by("-pk")[49:50]
    assert f"?type=display_name_changed&amp;before={last.pk}" in first
    older = html_of(client, f"{PAGE}?type=display_name_changed&before={last.pk}")
    assert older.count("<code>display_name_changed</code>") == 11
    assert 'rel="next"' not in older


def test_personal_values_are_masked_and_every_look_is_written_down(client: Client, ada: User) -> None:
    staff = operator(client)
    address = f"{PAGE}{uid_of('display_name_changed')}/"
    page = text_of(client, address)
    assert "Countess" not in page
    assert "Personal" in page
    looks = StaffLook.objects.filter(staff=staff, user=ada)
    assert looks.get().parts == ["event_log"]
    shown = client.post(f"{address}personal/").content.decode()
    assert "Countess" in shown
    assert looks.latest("pk").parts == ["event_log_personal"]


def test_what_is_erased_stays_erased(client: Client, ada: User) -> None:
    operator(client)
    erasure.erase(ada.pk, by="tests")
    shown = client.post(f"{PAGE}{uid_of('display_name_changed')}/personal/").content.decode()
    assert "Countess" not in shown
    assert "erased, or never given" in shown


def test_the_list_shows_no_argument(client: Client, ada: User) -> None:
    operator(client)
    page = html_of(client, PAGE)
    assert "Countess" not in page
    assert not StaffLook.objects.exists()


def test_few_queries(client: Client, ada: User) -> None:
    operator(client)
    renamed = uid_of("display_name_changed")
    request = EventLog.objects.get(uid=renamed).correlation_id
    pages = [PAGE, f"{PAGE}?user={ada.pk}&since=2020-01-01T00:00&until=2999-01-01T00:00"]
    for path in [*pages, f"{PAGE}{renamed}/", f"/ops/requests/{request}/"]:
        with at_most(12, path):
            html_of(client, path)


def test_only_staff_hears_the_live_tail(client: Client, ada: User, settings: Any) -> None:
    settings.LIVE_URL = "http://live.example"
    staff = operator(client)
    kind = channels.kinds["ops-events"]
    word = kind.make(staff.pk, "all").facts()
    assert kind.make(staff.pk, "all").show(word) == {"pulse": word}
    for nobody in (ada.pk, None):
        assert kind.make(nobody, "all").facts() is None
        assert kind.make(nobody, "all").show(word) is None
    assert "type:display_name_changed" in kind.make(None, "all").hears
    assert not kind.accepts("7")
    page = html_of(client, f"{PAGE}?live=1")
    assert 'data-watch="ops-events:all"' in page
    url = client.get("/live-stream/?channel=ops-events:all").json()["url"]
    assert tokens.read(url.split("/live/")[1].strip("/")).viewer_id == staff.pk
    assert "data-watch" not in html_of(client, PAGE)


@pytest.mark.django_db(transaction=True)
def test_outcomes_on_screen(client: Client, broken: dict[str, Any]) -> None:
    ping("fine")
    deliver_all()
    operator(client)
    milestones.note()
    milestones.note()
    assert Milestone.objects.filter(subscriber="tests.recorder").count() == 1
    assert "tests.recorder Delivered at the latest" in text_of(client, f"{PAGE}{uid_of('pinged')}/")
    broken["on"] = {"bad"}
    ping("bad", "behind")
    deliver_all()
    assert "tests.recorder Waiting behind another behind position" in text_of(
        client, f"{PAGE}{uid_of('pinged')}/"
    )
    sample.ponged.send(None, user_id=1)
    assert "Nobody hears it." in text_of(client, f"{PAGE}{uid_of('ponged')}/")
