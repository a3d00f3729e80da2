"""The pages of webhooks: only for who looks after them, nothing secret shown twice, bad input answered."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.gamification.signals import level_up
from apps.teams.models import Role
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.web.tests.pages import html_of, text_of
from apps.web.tests.test_pages import VIEWER_QUERIES
from apps.webhooks import offers
from apps.webhooks.models import Delivery, Endpoint, Outcome, Owner, State
from apps.webhooks.testing import create_endpoint, receiving, work_off

pytestmark = pytest.mark.django_db

PAGE = "/settings/webhooks/"
NEW = {
    "name": "my bot",
    "kind": "STANDARD",
    "url": "https://example.org/hook",
    "owner": "me",
    "types": ["level_up"],
}
CHANNEL = "https://discord.com/api/webhooks/123456/to-Ken_1"


@pytest.fixture
def ada() -> User:
    return create_user("Ada")


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def addresses(endpoint: Endpoint, delivery: Delivery) -> dict[str, str]:
    """Return every address of an endpoint, with how it is asked."""
    own = f"{PAGE}{endpoint.pk}/"
    posted = ("secret/", "state/", "deletion/", "tests/", "resending/")
    return {own: "get", f"{own}deliveries/{delivery.pk}/": "get", **{own + each: "post" for each in posted}}


def test_only_for_who_looks_after_it(client: Client, ada: User) -> None:
    endpoint, _ = create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    level_up.send(None, user_id=ada.pk, level=2)
    asked = addresses(endpoint, Delivery.objects.get())
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")
    for address, method in asked.items():
        assert getattr(client, method)(address).headers["Location"].startswith("/accounts/login/")
    client.force_login(create_user("Mallory"))
    assert {getattr(client, method)(address).status_code for address, method in asked.items()} == {404}
    assert "my bot" not in text_of(client, PAGE)
    assert Endpoint.objects.filter(state=State.ACTIVE).count() == 1


def test_the_secret_is_shown_once(signed_in: Client) -> None:
    answer = signed_in.post(PAGE, NEW)
    [secret] = re.findall(r"<code>(whsec_[\w+/=]+)</code>", answer.content.decode())
    endpoint = Endpoint.objects.get()
    assert endpoint.secrets() == [secret]
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret not in html_of(signed_in, f"{PAGE}{endpoint.pk}/")
    again = signed_in.post(f"{PAGE}{endpoint.pk}/secret/").content.decode()
    [new] = re.findall(r"<code>(whsec_[\w+/=]+)</code>", again)
    endpoint.refresh_from_db()
    assert endpoint.secrets() == [new, secret]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://example.org/"}, "Only https:// addresses"),
        ({"url": "https://169.254.169.254/latest"}, "not a public address"),
        ({"url": "https://example.org:22/"}, "Only the ports"),
        ({"url": "a\0b"}, "Null characters are not allowed"),
        ({"url": "https://example.org/" + "x" * 1001}, "at most 1000 characters"),
        ({"types": []}, "This field is required"),
        ({"types": ["nonsense"]}, "is not one of the available choices"),
        ({"owner": "platform"}, "is not one of the available choices"),
        ({"owner": "team:1"}, "is not one of the available choices"),
        ({"kind": "SMS"}, "is not one of the available choices"),
        ({"kind": "DISCORD"}, "A channel&#x27;s address looks like"),
        ({"kind": "DISCORD", "url": CHANNEL, "types": ["username_changed"]}, "cannot be told of"),
        ({"name": ""}, "This field is required"),
        ({"name": "  "}, "This field is required"),
        ({"name": "x" * 61}, "at most 60 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_said(signed_in: Client, change: dict[str, Any], words: str) -> None:
    answer = signed_in.post(PAGE, NEW | change)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_too_many(signed_in: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.webhooks.services.endpoints.ENDPOINTS_MAX", 0)
    assert "Delete one first" in signed_in.post(PAGE, NEW).content.decode()


def test_the_address_of_a_channel_is_never_shown(signed_in: Client) -> None:
    signed_in.post(PAGE, NEW | {"kind": "DISCORD", "url": CHANNEL})
    endpoint = Endpoint.objects.get()
    for address in (PAGE, f"{PAGE}{endpoint.pk}/"):
        html = html_of(signed_in, address)
        assert "to-Ken_1" not in html
        assert "https://discord.com/api/webhooks/123456/•••" in html
    assert (
        "has no secret of ours"
        in signed_in.post(f"{PAGE}{endpoint.pk}/secret/", follow=True).content.decode()
    )


def test_a_captain_looks_after_his_team_s(client: Client, ada: User) -> None:
    team = create_team("Delta")
    roster.join(team_id=team.pk, user_id=ada.pk, role=Role.CAPTAIN)
    client.force_login(ada)
    client.post(PAGE, NEW | {"owner": f"team:{team.pk}"})
    assert Endpoint.objects.get().team_id == team.pk
    other = create_user("Bela")
    roster.join(team_id=team.pk, user_id=other.pk)
    client.force_login(other)
    assert "my bot" not in text_of(client, PAGE)
    staff = create_user("Boss")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=staff.pk))
    client.post(PAGE, NEW | {"name": "all of it", "owner": "platform"})
    assert Endpoint.objects.get(name="all of it").owner == Owner.PLATFORM
    assert "my bot" not in text_of(client, PAGE), "what is a team's is the team's, also for staff"


def test_a_message_from_the_test_button_to_the_log(signed_in: Client, ada: User) -> None:
    with receiving() as receiver:
        endpoint, _ = create_endpoint(f"{receiver.url}/hook", "level_up", created_by_id=ada.pk)
        own = f"{PAGE}{endpoint.pk}/"
        receiver.answers = [(500, {"x-why": "<b>broken</b>"}, "<script>no</script>")]
        answer = signed_in.post(f"{own}tests/", {"type": "level_up"}, follow=True)
        assert "Reload this page" in answer.content.decode()
        work_off(turns=2)
        page = html_of(signed_in, answer.redirect_chain[-1][0])
    assert "&lt;script&gt;no&lt;/script&gt;" in page
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert "webhook-signature: v1," in page
    assert "Attempt 1" in page
    assert "Attempt 2" in page
    listed = text_of(signed_in, own)
    assert "1 arrived, 1 failed" in listed
    assert "Delivered" in listed
    assert "level_up" in text_of(signed_in, f"{own}?outcome=DELIVERED")
    assert "Nothing here yet" in text_of(signed_in, f"{own}?outcome=MISSED")


def test_bad_input_is_answered(signed_in: Client, ada: User) -> None:
    endpoint, _ = create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    own = f"{PAGE}{endpoint.pk}/"
    for data in ({"type": "nonsense"}, {}, {"type": "a\0b"}):
        assert "There is no such event" in signed_in.post(f"{own}tests/", data, follow=True).content.decode()
    for data in ({"delivery": "9" * 30}, {"delivery": "x"}, {"since": "ever"}, {"delivery": "7"}):
        words = signed_in.post(f"{own}resending/", data, follow=True).content.decode()
        assert "0 messages are on their way" in words
    assert signed_in.get(f"{own}deliveries/7/").status_code == 404
    assert signed_in.get(f"{own}?outcome=%00&page=x").status_code == 200


def test_off_on_changed_and_deleted(signed_in: Client, ada: User) -> None:
    endpoint, _ = create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    own = f"{PAGE}{endpoint.pk}/"
    assert "It is off" in signed_in.post(f"{own}state/", follow=True).content.decode()
    level_up.send(None, user_id=ada.pk, level=2)
    assert "1 message is held" in text_of(signed_in, own)
    assert "It is on" in signed_in.post(f"{own}state/", {"on": "1"}, follow=True).content.decode()
    signed_in.post(own, {"name": "renamed", "types": ["match_won"], "is_ordered": "on"})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.types, endpoint.is_ordered) == ("renamed", ["match_won"], True)
    assert (
        "This field is required" in signed_in.post(own, {"name": "", "types": ["match_won"]}).content.decode()
    )
    assert "deleted" in signed_in.post(f"{own}deletion/", follow=True).content.decode()
    assert not Endpoint.objects.exists()


def test_sending_again(signed_in: Client, ada: User) -> None:
    endpoint, _ = create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    for level in (2, 3):
        level_up.send(None, user_id=ada.pk, level=level)
    Delivery.objects.update(outcome=Outcome.MISSED)
    own = f"{PAGE}{endpoint.pk}/"
    first = Delivery.objects.earliest("id")
    for data, count in (
        ({"delivery": first.pk}, "1 message is"),
        ({}, "2 messages are"),
        ({"since": "day"}, "2 messages are"),
    ):
        assert count in signed_in.post(f"{own}resending/", data, follow=True).content.decode()


def test_an_endpoint_that_rests_says_until_when(signed_in: Client, ada: User) -> None:
    endpoint, _ = create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    page = f"{PAGE}{endpoint.pk}/"
    assert "rests until" not in signed_in.get(page).content.decode()
    until = timezone.now() + timedelta(minutes=2)
    Endpoint.objects.update(failures=6, blocked_until=until)
    shown = signed_in.get(page).content.decode()
    assert "6 messages in a row did not arrive. The endpoint rests until" in shown
    assert f"{until:%H:%M:%S}" in shown


def test_queries(signed_in: Client, ada: User, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        endpoint, _ = create_endpoint(f"https://example.org/{number}", "level_up", created_by_id=ada.pk)
    for level in range(2, 9):
        level_up.send(None, user_id=ada.pk, level=level)
    with django_assert_max_num_queries(VIEWER_QUERIES + 3):
        signed_in.get(PAGE)
    with django_assert_max_num_queries(VIEWER_QUERIES + 5):
        signed_in.get(f"{PAGE}{endpoint.pk}/")
    delivery = endpoint.deliveries.earliest("id")
    with django_assert_max_num_queries(VIEWER_QUERIES + 4):
        signed_in.get(f"{PAGE}{endpoint.pk}/deliveries/{delivery.pk}/")


def test_every_event_is_documented(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        html = html_of(client, "/developers/webhooks/")
    for name in offers.OFFERED:
        assert html.count(f'id="event-{name}"') == 1
    assert "from standardwebhooks import Webhook" in html
    assert "timingSafeEqual" in html


def test_only_what_can_be_had_is_offered_and_each_says_what_it_means(signed_in: Client) -> None:
    page = text_of(signed_in, PAGE)
    assert "level_up A player reached a level for the first time" in page
    assert "alert_opened" not in page
    answer = signed_in.post(PAGE, NEW | {"types": ["alert_opened"]})
    assert "alert_opened is not one of the available choices" in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_an_operator_may_hear_of_alerts_and_not_of_money(client: Client) -> None:
    boss = create_user("boss")
    boss.is_staff = True
    boss.save()
    client.force_login(boss)
    assert "alert_opened Something is wrong" in text_of(client, PAGE)
    answer = client.post(PAGE, NEW | {"owner": "platform", "types": ["transaction_completed"]})
    assert "This endpoint cannot be told of transaction_completed." in answer.content.decode()
    client.post(PAGE, NEW | {"owner": "platform", "types": ["alert_opened"]})
    assert Endpoint.objects.get().types == ["alert_opened"]
