"""Fixtures for tests in a browser: Chromium by Playwright, with an eye on everything it complains about.

A conftest imports them: `from apps.web.testing import browser, open_page`. The browser lives as long as its
module: Playwright's loop runs in the main thread meanwhile, and async tests could not run beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

Scheme = Literal["light", "dark"]
WIDE, NARROW = 1280, 360
HEIGHTS = {WIDE: 900, NARROW: 740}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ALLOW_UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(require_service: Callable[[str], str], django_db_setup: None) -> Iterator[Browser]:
    """Start Chromium; without one the test is skipped, or fails where CI is set."""
    path = require_service("chromium")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright's loop makes Django think that the test is async code; it is not.
        patch.setenv(ALLOW_UNSAFE, "true")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
            yield chromium
            chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Return a function that opens a fresh window: ``open_page(width=360, scheme="dark", javascript=False)``.

    The test fails in the end if any window logged a warning or an error, raised one, could not load something
    or was answered with 400 or more; a test that wants such an answer takes it out of ``page.complaints``.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, width: int = WIDE, scheme: Scheme = "light", javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def listen(page: Page, complaints: list[str]) -> None:
    """Note down whatever goes wrong on a page."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console {message.type}: {message.text} ({page.url})")

    def on_failed(request: Request) -> None:
        # A page that is left stops loading what was not on the screen yet.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"failed: {request.url}: {request.failure}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"error: {error} ({page.url})"))
    page.on("requestfailed", on_failed)
    page.on("response", on_response)


def load_everything(page: Page) -> None:
    """Load also the pictures below the fold, and wait for them; one that cannot be drawn is an error."""
    page.evaluate(
        """() => Promise.all([...document.images].map((image) => {
            image.loading = "eager";
            return image.decode();
        }))"""
    )


def sideways(page: Page) -> list[str]:
    """Return what makes a page scroll sideways; nothing if it does not."""
    if page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        return []
    found: list[str] = page.evaluate(
        """[...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120))"""
    )
    return found or ["the page itself"]
