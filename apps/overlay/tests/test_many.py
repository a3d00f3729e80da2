"""Two thousand overlays on one process: each is told what happens."""

import resource
import selectors
import socket
import time

import pytest

from apps.events.testing import deliver_all
from apps.live.testing import live_server
from apps.overlay.testing import create_overlay
from apps.user_profile.services import profiles
from apps.user_profile.testing import create_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OPEN = 2_000
OVERLAYS = 50
PATIENCE_S = 120


def told(sockets: list[socket.socket], name: str) -> int:
    """Read until every stream has said a name, or for as long as anybody would wait; return how many did."""
    missing, deadline = dict.fromkeys(sockets, b""), time.monotonic() + PATIENCE_S
    with selectors.DefaultSelector() as choose:
        for one in sockets:
            choose.register(one, selectors.EVENT_READ)
        while missing and time.monotonic() < deadline:
            for key, _events in choose.select(1):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                got = one.recv(65536)
                assert got, "a stream ended"
                missing[one] = missing.get(one, b"") + got
                if name.encode() in missing[one]:
                    del missing[one]
                    choose.unregister(one)
    return len(sockets) - len(missing)


def test_two_thousand_on_one_process() -> None:
    """Fifty overlays, each open forty times."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * OPEN)), hard))
    ada = create_user("Ada")
    secrets = [create_overlay(owner_id=ada.pk)[1] for _ in range(OVERLAYS)]
    sockets: list[socket.socket] = []
    with live_server(LIVE_PER_MINUTE="1000000") as server:
        try:
            for place in range(OPEN):
                one = socket.create_connection(("127.0.0.1", server.port))
                path = f"/live/overlay/{secrets[place % OVERLAYS]}/"
                one.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                sockets.append(one)
            assert told(sockets, '"display_name": "Ada"') == OPEN
            for name in ("Ada the Great", "Ada the Greatest"):
                profiles.update(user_id=ada.pk, display_name=name)
                deliver_all()
                assert told(sockets, f'"{name}"') == OPEN
        finally:
            for one in sockets:
                one.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
