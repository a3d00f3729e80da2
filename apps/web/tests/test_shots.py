"""Pictures of every page, for people to look at: `./dev test --shots DIR`."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from apps.events.testing import deliver_all
from apps.user_profile.services import accounts
from apps.web.testing import NARROW, WIDE, OpenPage, Scheme, load_everything
from apps.web.tests.phases import cup_in_phases
from apps.web.tests.season import PASSWORD
from apps.web.tests.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
MODES: tuple[dict[str, Any], ...] = (
    {"contrast": "more"},
    {"contrast": "more", "scheme": "dark"},
    {"forced_colors": "active"},
    {"forced_colors": "active", "scheme": "dark"},
)
SEASON = settings.BASE_DIR / "data" / "cwl-2018"

PAGES = {
    "home": "/",
    "player": "/@Huke/",
    "achievements": "/@Huke/achievements/",
    "teams": "/teams/",
    "team": "/teams/team-envyus/",
    "head-to-head": "/@Huke/head-to-head/?against=Karma",
    "team-head-to-head": "/teams/team-envyus/head-to-head/?against=optic-gaming",
    "tournaments": "/tournaments/",
    "tournament": "/tournaments/cwl-champs-2018/",
    "league": "/tournaments/cwl-pro-league-stage-1/",
    "in-phases": "/tournaments/solo-cup/",
    "matches": "/tournaments/solo-cup/matches/",
    "embedded": "/embed/tournaments/solo-cup/",
    "search": "/search/?q=karmaa",
    "developers": "/developers/",
    "leaderboards": "/leaderboards/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
}
DESIGN = {"design": "/design/", "bracket": "/design/bracket/"}
EMPTY = {"empty-home": "/", "empty-teams": "/teams/", "empty-tournaments": "/tournaments/"}
OWN = {
    "signed-in": "/",
    "sign-out": "/accounts/logout/",
    "e-mail": "/accounts/email/",
    "edit-profile": "/settings/profile/",
    "passports": "/settings/passports/",
    "passport": "/settings/passports/valorant/",
    "username": "/settings/username/",
    "second-factor": "/accounts/2fa/",
    "connected": "/accounts/3rdparty/",
    "your-data": "/settings/data/",
    "delete-account": "/settings/deletion/",
    "wallet": "/wallet/",
    "shop": "/shop/",
    "notifications": "/notifications/",
    "feed": "/feed/",
    "posts": "/posts/",
    "player-signed-in": "/@Huke/",
    "followers": "/@Huke/followers/",
    "activity": "/@Huke/activity/",
    "privacy": "/settings/privacy/",
    "webhooks": "/settings/webhooks/",
    "preview": "/settings/privacy/preview/follower/",
    "requests": "/requests/",
    "blocked": "/settings/blocked/",
}


def test_shots(live_server: Any, open_page: OpenPage, shots: Path | None) -> None:
    if shots is None:
        pytest.skip("makes pictures; runs with --shots DIR")
    take(live_server.url, EMPTY | DESIGN, open_page, shots)
    take_modes(live_server.url, DESIGN, open_page, shots)
    call_command("replay_season", str(SEASON), verbosity=0)
    cup_in_phases()
    deliver_all()
    take(live_server.url, PAGES, open_page, shots)
    accounts.sign_up(username="Visitor", password=PASSWORD)
    take(live_server.url, OWN, open_page, shots, username="Visitor")
    take_modes(live_server.url, {name: PAGES[name] for name in ("home", "tournament")}, open_page, shots)
    take_missing(live_server.url, open_page, shots)


def take(
    site: str, pages: dict[str, str], open_page: OpenPage, directory: Path, *, username: str = ""
) -> None:
    """Make a picture of each page at both widths in both schemes."""
    for scheme in SCHEMES:
        for width in (WIDE, NARROW):
            page = open_page(width=width, scheme=scheme)
            if username:
                sign_in(page, site, username)
            for name, path in pages.items():
                page.goto(site + path)
                load_everything(page)
                page.screenshot(path=directory / f"{name}-{width}-{scheme}.png", full_page=True)
            page.context.close()


def take_modes(site: str, pages: dict[str, str], open_page: OpenPage, directory: Path) -> None:
    """Make pictures for who asks for more contrast or has colours of his own, and sheets of paper."""
    for name, path in pages.items():
        for mode in MODES:
            page = open_page(**mode)
            page.goto(site + path)
            load_everything(page)
            page.screenshot(path=directory / f"{name}-{'-'.join(mode.values())}.png", full_page=True)
            page.context.close()
        page = open_page()
        page.goto(site + path)
        load_everything(page)
        page.pdf(path=directory / f"{name}.pdf", prefer_css_page_size=True)
        page.context.close()


def take_missing(site: str, open_page: OpenPage, directory: Path) -> None:
    """Make pictures of the page for addresses that are not there."""
    for scheme in SCHEMES:
        for width in (WIDE, NARROW):
            page = open_page(width=width, scheme=scheme)
            page.goto(f"{site}/nowhere/")
            page.screenshot(path=directory / f"not-found-{width}-{scheme}.png")
            page.complaints.clear()  # type: ignore[attr-defined]
            page.context.close()
