"""Overlays: who has one, who may watch it, and until when; the pages of both."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from apps.events.testing import emitted
from apps.live.channels import Refused, Request
from apps.overlay import channels
from apps.overlay.channels import OverlayTicket
from apps.overlay.limits import OVERLAYS_MAX
from apps.overlay.models import Overlay
from apps.overlay.options import Options
from apps.overlay.selectors import by_secret
from apps.overlay.services import overlays
from apps.overlay.signals import overlay_revoked, overlay_tested
from apps.overlay.testing import create_overlay
from apps.tournaments.services import tournaments
from apps.user_profile.models import User, UserProfileStats
from apps.user_profile.testing import create_user
from apps.webhooks import offers

pytestmark = pytest.mark.django_db


def test_the_secret_is_shown_once_and_stored_as_a_digest() -> None:
    ada = create_user("Ada")
    overlay, secret = create_overlay(owner_id=ada.pk)
    assert secret not in json.dumps(Overlay.objects.values("prefix", "digest", "name").get(pk=overlay.pk))
    assert by_secret(secret) == overlay
    for other in ("", secret[:-1], secret + "x", "é" * 10, "x" * 5_000, "\0"):
        assert by_secret(other) is None


def test_revoked_is_revoked() -> None:
    ada, bob = create_user("Ada"), create_user("Bob")
    overlay, secret = create_overlay(owner_id=ada.pk)
    assert not overlays.revoke(owner_id=bob.pk, overlay_id=overlay.pk)
    assert by_secret(secret) == overlay
    with emitted() as events:
        assert overlays.revoke(owner_id=ada.pk, overlay_id=overlay.pk)
        assert not overlays.revoke(owner_id=ada.pk, overlay_id=overlay.pk)
    assert [each.event_type for each in events] == [overlay_revoked.name]
    assert by_secret(secret) is None
    assert OverlayTicket(overlay.pk, Options("player", ())).look("") is None
    with pytest.raises(Refused, match="revoked"):
        channels.watch(Request(secret))


def test_whose_account_is_closed_shows_nothing() -> None:
    ada = create_user("Ada")
    _overlay, secret = create_overlay(owner_id=ada.pk)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert by_secret(secret) is None


def test_an_overlay_needs_a_name_and_a_subject() -> None:
    ada = create_user("Ada")
    for name, subject in ((" ", {"player_id": ada.pk}), ("a" * 61, {"player_id": ada.pk}), ("a\0", {})):
        with pytest.raises(ValidationError):
            overlays.create(owner_id=ada.pk, name=name, **subject)
    for _ in range(OVERLAYS_MAX):
        create_overlay(owner_id=ada.pk)
    with pytest.raises(ValidationError, match="Revoke one first"):
        create_overlay(owner_id=ada.pk)


def test_what_the_door_refuses() -> None:
    _overlay, secret = create_overlay(owner_id=create_user("Ada").pk)
    with pytest.raises(Refused, match="theme") as refused:
        channels.watch(Request(secret, {"theme": "pink"}))
    assert refused.value.status == 400
    assert channels.watch(Request(secret, {"delay": "30"})).delay_s == 30


@pytest.mark.parametrize("event_type", list(offers.OFFERED))
def test_a_test_of_any_event(event_type: str) -> None:
    ada = create_user("Ada")
    overlay, _secret = create_overlay(owner_id=ada.pk)
    ticket = OverlayTicket(overlay.pk, Options("player", ("level",)))
    before = ticket.look("")
    assert before is not None
    assert before.said is None
    figures = UserProfileStats.objects.values().get(user=ada)
    with emitted() as events:
        assert overlays.send_test(owner_id=ada.pk, overlay_id=overlay.pk, event_type=event_type)
    assert [each.event_type for each in events] == [overlay_tested.name]
    noted = ticket.look(before.seen)
    assert noted is not None
    assert noted.said is not None
    assert noted.said["event"]["type"] == event_type
    assert (noted.said["test"], noted.said["event"]["test"]) == (True, True)
    assert noted.said["state"]["stats"] == {"level": 5}
    # Shown once, and nothing has moved.
    again = ticket.look(noted.seen)
    assert again is not None
    assert again.said is None
    assert UserProfileStats.objects.values().get(user=ada) == figures


def test_a_test_that_there_is_not() -> None:
    ada, bob = create_user("Ada"), create_user("Bob")
    overlay, _secret = create_overlay(owner_id=ada.pk)
    with pytest.raises(ValidationError):
        overlays.send_test(owner_id=ada.pk, overlay_id=overlay.pk, event_type="nothing")
    assert not overlays.send_test(owner_id=bob.pk, overlay_id=overlay.pk, event_type="level_up")


# The pages.


def signed_in(name: str = "Ada") -> tuple[Client, User]:
    user, client = create_user(name), Client()
    client.force_login(user)
    return client, user


def embedded(html: str) -> dict[str, object]:
    """Return what the page of an overlay knows at first."""
    found = re.search(r'<script id="state" type="application/json">(.*?)</script>', html)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def test_from_the_form_to_the_overlay() -> None:
    client, _ada = signed_in()
    page = client.post("/overlays/", {"name": "Card", "about": "me"}).content.decode()
    [address] = re.findall(r"http://testserver/overlay/[\w-]{32}/", page)
    path = address.removeprefix("http://testserver")
    assert path not in client.get("/overlays/").content.decode()
    shown = Client().get(path)
    assert "X-Frame-Options" not in shown.headers
    assert "frame-ancestors" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"].endswith("private")
    state = embedded(shown.content.decode())["state"]
    assert isinstance(state, dict)
    assert state["user"]["username"] == "Ada"
    # Late facts are not told before their time.
    assert embedded(Client().get(f"{path}?delay=5").content.decode())["state"] is None
    file = Client().get(f"{path}local.html?theme=light")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert f'data-address="{address}?theme=light"' in file.content.decode()


def test_the_stream_is_named_where_there_is_one() -> None:
    _overlay, secret = create_overlay(owner_id=create_user("Ada").pk)
    with override_settings(LIVE_URL="http://live.example"):
        html = Client().get(f"/overlay/{secret}/?theme=light").content.decode()
    assert f'data-stream="http://live.example/live/overlay/{secret}/?theme=light"' in html


def test_what_is_wrong_is_said_in_words() -> None:
    overlay, secret = create_overlay(owner_id=create_user("Ada").pk)
    wrong = Client().get(f"/overlay/{secret}/?theme=pink&delay=x")
    assert wrong.status_code == 400
    assert "dark, light, clear" in wrong.content.decode()
    assert "<code>delay</code>" in wrong.content.decode()
    assert Client().get(f"/overlay/{secret}/local.html?theme=pink").status_code == 400
    overlays.revoke(owner_id=overlay.owner_id, overlay_id=overlay.pk)
    for path in (f"/overlay/{secret}/", f"/overlay/{secret}/local.html", "/overlay/nothing/"):
        assert Client().get(path).status_code == 404


def test_setting_up() -> None:
    client, ada = signed_in()
    overlay, _secret = create_overlay(owner_id=ada.pk)
    at = f"/overlays/{overlay.pk}/"
    assert f'src="{at}preview/"' in client.get(at).content.decode()
    html = client.get(at, {"layout": "player", "theme": "light", "fields_shown": ["level"]}).content.decode()
    assert f'src="{at}preview/?theme=light&amp;fields=level"' in html
    # The fields of the layout that was chosen before are no fault.
    html = client.get(at, {"layout": "ticker", "fields_shown": ["level"]}).content.decode()
    assert f'src="{at}preview/?layout=ticker"' in html
    assert "hexadecimal digits without" in client.get(at, {"accent": "red"}).content.decode()
    assert client.get(f"{at}preview/?theme=light").headers["X-Frame-Options"] == "SAMEORIGIN"
    assert client.post(f"{at}tests/", {"type": "level_up"}, follow=True).status_code == 200
    assert embedded(client.get(f"{at}preview/").content.decode())["test"]
    client.post(f"{at}tests/", {"type": "nothing"})
    assert client.post(f"{at}revocation/").status_code == 302
    assert client.get(at).status_code == 404


def test_the_overlays_of_others_are_not_there() -> None:
    client, _bob = signed_in("Bob")
    overlay, _secret = create_overlay(owner_id=create_user("Ada").pk)
    at = f"/overlays/{overlay.pk}/"
    assert [client.get(path).status_code for path in (at, f"{at}preview/")] == [404, 404]
    posted = [client.post(f"{at}tests/", {"type": "level_up"}), client.post(f"{at}revocation/")]
    assert [answer.status_code for answer in posted] == [404, 404]


def test_about_whom() -> None:
    client, ada = signed_in()
    create_user("Bob")
    cup = tournaments.create(name="Crown Cup", game_id=1)
    for about, which in (("player", "@bob"), ("tournament", cup.slug), ("me", "")):
        client.post("/overlays/", {"name": "One", "about": about, "which": which})
    found = Overlay.objects.order_by("id").values_list("player__username", "tournament__slug")
    assert list(found) == [("Bob", None), (None, cup.slug), ("Ada", None)]
    for about, which in (("player", "nobody"), ("tournament", "never"), ("player", "\0"), ("all", "")):
        answer = client.post("/overlays/", {"name": "One", "about": about, "which": which})
        assert answer.status_code == 200
    assert Overlay.objects.filter(owner=ada).count() == 3
