"""The pages in Chromium for who sees, moves or prints them otherwise."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.web.testing import NARROW, OpenPage, sideways
from apps.web.tests.test_browser import breaches

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = ("/", "/design/", "/design/bracket/", "/accounts/login/", "/tournaments/")
MOVING = """() => document.getAnimations().length"""

INK_AND_PAPER = """() => {
    const style = getComputedStyle(document.querySelector(".node .side--won")).color;
    return [style, getComputedStyle(document.documentElement).backgroundColor];
}"""


@pytest.fixture
def site(live_server: Any, browser: object) -> str:
    """Return the address of a site on which nothing has happened: the samples need nothing."""
    return str(live_server.url)


@pytest.mark.parametrize(
    "mode",
    [
        {"contrast": "more"},
        {"contrast": "more", "scheme": "dark"},
        {"forced_colors": "active"},
        {"forced_colors": "active", "scheme": "dark", "width": NARROW},
    ],
    ids=lambda mode: "-".join(map(str, mode.values())),
)
def test_other_contrasts_are_accessible(site: str, open_page: OpenPage, mode: dict[str, Any]) -> None:
    page = open_page(**mode)
    wrong: list[str] = []
    for path in PATHS:
        page.goto(site + path)
        wrong += [*breaches(page), *sideways(page)]
    assert not wrong, "\n".join(wrong)


def test_nothing_moves_for_who_asks_for_stillness(site: str, open_page: OpenPage) -> None:
    moving = open_page(motion="no-preference")
    moving.goto(f"{site}/design/")
    assert moving.evaluate(MOVING) > 0  # the dot of what is live
    still = open_page()
    still.goto(f"{site}/design/")
    assert still.evaluate(MOVING) == 0
    assert still.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_on_paper_there_is_the_content_alone(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(scheme="dark")
    page.goto(f"{site}/design/bracket/")
    page.emulate_media(media="print")
    for outside in ("banner", "contentinfo"):
        expect(page.get_by_role(outside)).to_be_hidden()  # type: ignore[arg-type]
    assert page.evaluate(INK_AND_PAPER) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    expect(page.locator("#series-1 .match")).to_be_visible()
    assert sideways(page) == []
    assert page.pdf(path=tmp_path / "bracket.pdf", prefer_css_page_size=True).startswith(b"%PDF")


def test_a_phone_shows_the_round_that_is_picked(site: str, open_page: OpenPage) -> None:
    page = open_page(width=NARROW, javascript=False)
    page.goto(f"{site}/design/bracket/")
    upper = page.get_by_role("region", name="Upper bracket")
    expect(upper.locator(".node:visible")).to_have_count(32)
    upper.get_by_role("radio", name="Round 3").check()
    expect(upper.locator(".node:visible")).to_have_count(8)
    assert sideways(page) == []
