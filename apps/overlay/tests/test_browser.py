"""An overlay in Chromium: in two sizes, through a restart of the streams, opened before the site was up."""

import http.server
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.events.testing import deliver_all
from apps.live.testing import live_server as streams
from apps.overlay.services import overlays
from apps.overlay.testing import create_overlay
from apps.overlay.tests.test_layouts import Cup
from apps.user_profile.services import profiles
from apps.web.testing import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = ((1920, 1080), (400, 200))


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def picture(page: Page, name: str) -> None:
    """Keep a picture where SHOTS names a folder, on a ground as a game has one."""
    folder = os.environ.get("SHOTS")
    if not folder:
        return
    page.evaluate("document.body.style.background = 'linear-gradient(120deg, #2f6d4f, #7b3f8f)'")
    page.screenshot(path=Path(folder) / f"{name}.png")
    page.evaluate("document.body.style.background = ''")


def fits(page: Page) -> bool:
    """Tell whether everything is on the screen, and the page scrolls nowhere."""
    return bool(
        page.evaluate(
            """() => {
              const root = document.scrollingElement;
              const box = document.querySelector(".panel").getBoundingClientRect();
              return root.scrollWidth <= innerWidth && root.scrollHeight <= innerHeight
                && box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
            }"""
        )
    )


def test_an_overlay_in_two_sizes_and_a_restart(
    live_server: Any, open_page: OpenPage, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cup = Cup()
    cup.play()
    ada = cup.players[0]
    profiles.update(user_id=ada.pk, display_name="Ada <b>Lovelace</b>")
    deliver_all()
    mine, card = create_overlay(owner_id=ada.pk)
    _overlay, event = create_overlay(owner_id=ada.pk, tournament_id=cup.tournament.pk)
    port = free_port()
    settings.LIVE_URL = f"http://127.0.0.1:{port}"
    monkeypatch.setitem(overlay_policy(), "connect-src", ["'self'", settings.LIVE_URL])
    with streams(port=port, LIVE_ORIGINS=live_server.url) as server:
        pages = [open_page(width=width) for width, _height in SIZES]
        for page, (width, height) in zip(pages, SIZES, strict=True):
            page.set_viewport_size({"width": width, "height": height})
            for layout, theme in (("match", "clear"), ("ticker", "light"), ("tournament", "dark")):
                page.goto(f"{live_server.url}/overlay/{event}/?layout={layout}&theme={theme}")
                expect(page.locator(".panel")).to_be_visible()
                assert fits(page), (layout, width)
                picture(page, f"{layout}-{theme}-{width}")
            page.goto(f"{live_server.url}/overlay/{card}/")
            expect(page.locator("h1")).to_have_text("Ada <b>Lovelace</b>")
            expect(page.locator("html")).to_have_attribute("data-connection", "open")
            assert fits(page)
            picture(page, f"player-{width}")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
        os.killpg(server.process.pid, signal.SIGKILL)
        for page in pages:
            expect(page.locator("html")).to_have_attribute("data-connection", "lost")
            expect(page.locator("h1")).to_have_text("Ada <b>Lovelace</b>")
    profiles.update(user_id=ada.pk, display_name="Ada Byron")
    deliver_all()
    with streams(port=port, LIVE_ORIGINS=live_server.url):
        for page in pages:
            expect(page.locator("h1")).to_have_text("Ada Byron", timeout=30_000)
        overlays.send_test(owner_id=ada.pk, overlay_id=mine.pk, event_type="level_up")
        deliver_all()
        expect(pages[0].locator(".test")).to_have_text("Test: level_up")
        assert fits(pages[0])
        picture(pages[0], "player-test")
        picture(pages[1], "player-test-small")
        overlays.revoke(owner_id=ada.pk, overlay_id=mine.pk)
        deliver_all()
        for page in pages:
            expect(page.locator("#overlay")).to_be_empty(timeout=15_000)
            # What was lost while the streams were away is no fault.
            page.complaints.clear()  # type: ignore[attr-defined]
            page.close()


def overlay_policy() -> dict[str, Any]:
    """Return what an overlay may load, as the page says it."""
    from apps.web.views import overlay

    return overlay.POLICY


@contextmanager
def site_at(port: int, body: bytes) -> Iterator[None]:
    """Serve one page on a port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_file_for_obs_waits_for_the_site(client: Any, open_page: OpenPage, tmp_path: Path) -> None:
    cup = Cup()
    _overlay, secret = create_overlay(owner_id=cup.players[0].pk)
    port = free_port()
    answer = client.get(f"/overlay/{secret}/local.html", headers={"host": f"127.0.0.1:{port}"})
    file = tmp_path / "overlay.html"
    file.write_bytes(answer.content)
    page = open_page(width=400)
    with page.expect_event("requestfailed"):
        page.goto(file.as_uri())
    with site_at(port, b"<p>up</p><script>parent.postMessage({deltacrown: 'overlay'}, '*')</script>"):
        expect(page.frame_locator("iframe").locator("p")).to_have_text("up", timeout=15_000)
        page.complaints.clear()  # type: ignore[attr-defined]
        page.close()
