"""The pages in Chromium: nothing breaks, nothing scrolls sideways, everybody can use them."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.events.testing import deliver_all
from apps.web.testing import NARROW, WIDE, OpenPage, Scheme, load_everything, sideways
from apps.web.tests.phases import cup_in_phases
from apps.web.tests.season import PASSWORD, Season

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = (
    "/",
    "/@Cleo/",
    "/@Cleo/achievements/",
    "/@Cleo/followers/",
    "/@Cleo/activity/",
    "/teams/",
    "/teams/old-guard/",
    "/tournaments/",
    "/tournaments/delta-open/",
    "/tournaments/crown-league/",
    "/tournaments/winter-cup/",
    "/tournaments/solo-cup/",
    "/tournaments/solo-cup/matches/",
    "/tournaments/solo-cup/standings/",
    "/embed/tournaments/solo-cup/",
    "/leaderboards/",
    "/posts/",
    "/posts/?tag=duos",
    "/@Cleo/posts/",
    "/accounts/login/",
    "/accounts/signup/",
    "/search/",
    "/search/?q=cleo",
    "/search/?q=xylophone",
    "/developers/",
    "/developers/webhooks/",
    "/design/",
    "/design/bracket/",
)
OWN = (
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/3rdparty/",
    "/settings/profile/",
    "/settings/passports/",
    "/settings/passports/call-of-duty/",
    "/settings/passports/mlbb/",
    "/settings/username/",
    "/settings/tokens/",
    "/settings/webhooks/",
    "/settings/data/",
    "/settings/deletion/",
    "/wallet/",
    "/teams/new/",
    "/teams/invitations/",
    "/teams/old-guard/manage/",
    "/shop/",
    "/notifications/",
    "/feed/",
    "/feed/?order=latest",
    "/@Ada/",
    "/@Ada/achievements/",
    "/requests/",
    "/settings/blocked/",
    "/settings/privacy/",
    "/settings/privacy/preview/blocked/",
    "/settings/privacy/preview/follower/",
)
NARROWEST = 320
TARGET_PX = 44


@pytest.fixture
def site(live_server: Any, browser: object) -> str:
    """Return the address of a site on which the small season was played."""
    Season().play()
    cup_in_phases()
    deliver_all()
    return str(live_server.url)


@pytest.fixture
def empty_site(live_server: Any, browser: object) -> str:
    """Return the address of a site on which nothing has happened."""
    return str(live_server.url)


def sign_in(page: Page, site: str, username: str = "Cleo") -> None:
    """Sign in by the form."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")


def breaches(page: Page) -> Iterator[str]:
    """Yield what axe finds wrong with a page, with the first element of each."""
    for breach in Axe().run(page).response["violations"]:
        yield f"{page.url}: {breach['id']}: {breach['help']}: {breach['nodes'][0]['html'][:160]}"


def small_targets(page: Page) -> list[str]:
    """Return what a thumb would miss: controls and links of navigation below 44 pixels."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("button, .button, summary, nav a, .chip, input")]
        .filter((each) => each.offsetParent && !["checkbox", "hidden"].includes(each.type))
        .map((each) => [each.getBoundingClientRect().height, each.outerHTML.slice(0, 100)])
        .filter(([height]) => height < least).map(([height, html]) => `${height} px: ${html}`)""",
        TARGET_PX,
    )
    return found


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_page_is_accessible(site: str, open_page: OpenPage, width: int, scheme: Scheme) -> None:
    page = open_page(width=width, scheme=scheme)
    wrong: list[str] = []
    for path in PUBLIC:
        page.goto(site + path)
        wrong += breaches(page)
    sign_in(page, site)
    for path in ("/", *OWN):
        page.goto(site + path)
        wrong += breaches(page)
    assert not wrong, "\n".join(wrong)


def test_every_page_fits(site: str, open_page: OpenPage) -> None:
    wrong: list[str] = []
    for width in (WIDE, NARROW, NARROWEST):
        page = open_page(width=width)
        for path in PUBLIC:
            page.goto(site + path)
            load_everything(page)
            wrong += [f"{path} at {width} px scrolls sideways: {cause}" for cause in sideways(page)]
            wrong += [f"{path} at {width} px: {target}" for target in small_targets(page)]
    assert not wrong, "\n".join(wrong)


def test_before_anything_happened(empty_site: str, open_page: OpenPage) -> None:
    page = open_page(width=NARROW, scheme="dark")
    for path in ("/", "/teams/", "/tournaments/"):
        page.goto(empty_site + path)
        assert sideways(page) == []
        assert list(breaches(page)) == []


def test_everything_works_without_javascript(site: str, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    sign_in(page, site)
    menu = page.locator("summary").filter(has_text="Account menu")
    menu.click()
    page.get_by_role("banner").get_by_role("link", name="Your profile").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cleo")
    page.get_by_role("link", name="Delta Open").first.click()
    page.get_by_role("link", name="Grand final").first.click()
    assert "/matches/" in page.url
    menu.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def test_with_the_keyboard(site: str, open_page: OpenPage) -> None:
    page = open_page(width=800)
    sign_in(page, site)
    page.goto(f"{site}/tournaments/delta-open/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    menu = page.locator("summary").filter(has_text="Account menu")
    first = page.get_by_role("banner").get_by_role("link", name="Your profile")
    menu.focus()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(menu).to_be_focused()

    # What is wider than the screen scrolls in a region of its own, which the keyboard reaches.
    region = page.get_by_role("region", name="Lower bracket")
    region.focus()
    expect(region).to_be_focused()


def test_the_bracket(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{site}/tournaments/delta-open/")
    upper = page.get_by_role("region", name="Upper bracket")
    upper.locator("[data-team]").filter(has_text="Night Owls").first.hover()
    expect(upper.locator(".is-traced")).to_have_count(2)

    match = upper.get_by_role("link").first
    match.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night Owls")
