"""Overlays over a real connection: what they say when something happens, and what they never say again."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.events.testing import deliver_all
from apps.live.testing import Server, Stream, live_server
from apps.overlay.services import overlays
from apps.overlay.testing import create_overlay
from apps.user_profile.services import profiles
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with live_server() as one:
        yield one


def name_of(stream: Stream) -> Any:
    """Return the name that the next message tells."""
    return stream.next().data["user"]["display_name"]


def test_an_overlay(server: Server) -> None:
    ada = create_user("Ada")
    overlay, secret = create_overlay(owner_id=ada.pk)
    at = f"overlay/{secret}"
    stream, late = server.stream(at), server.stream(at, "?delay=300")
    first = stream.next()
    assert (first.event, first.data["user"]["username"]) == ("snapshot", "Ada")
    profiles.update(user_id=ada.pk, display_name="Ada the Great")
    deliver_all()
    renamed = stream.next()
    assert (renamed.event, renamed.data["user"]["display_name"]) == ("state", "Ada the Great")
    # Hidden is gone from the next message on; who comes back is told so as well.
    update(user_id=ada.pk, show_level_xp=False)
    deliver_all()
    hidden = stream.next()
    assert "level" in renamed.data["stats"]
    assert "level" not in hidden.data["stats"]
    back = server.stream(at, **{"Last-Event-ID": str(hidden.id)})
    again = back.next()
    assert (again.event, again.data) == ("snapshot", hidden.data)
    # A position that this stream has never reached: another database is behind it now.
    elsewhere = server.stream(at, **{"Last-Event-ID": str(hidden.id + 1_000)})
    assert [elsewhere.next().event, elsewhere.next().event] == ["reset", "snapshot"]
    assert server.stream(at, **{"Last-Event-ID": "x"}).next().data == {"reason": "unknown"}
    # A test is for those who watch now.
    overlays.send_test(owner_id=ada.pk, overlay_id=overlay.pk, event_type="level_up")
    deliver_all()
    tested = stream.next()
    assert (tested.event, tested.data["event"]["type"]) == ("test", "level_up")
    overlays.revoke(owner_id=ada.pk, overlay_id=overlay.pk)
    deliver_all()
    assert stream.next().event == "gone"
    # The late one told nothing before its time, and heard of the test and of the end at once.
    assert [late.next().event, late.next().event] == ["test", "gone"]
    assert server.get(f"/live/{at}/").status == 404


def test_what_is_refused(server: Server) -> None:
    _overlay, secret = create_overlay(owner_id=create_user("Ada").pk)
    wrong = server.get(f"/live/overlay/{secret}/?theme=pink&delay=x")
    assert (wrong.status, b"dark, light, clear" in wrong.read()) == (400, True)
    for path in ("/live/overlay/", "/live/overlay/nothing/", f"/live/overlay/{secret}/more/"):
        assert server.get(path).status == 404
