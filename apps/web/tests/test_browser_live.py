"""A page that is open shows what happens, without being asked again."""

from typing import Any

import pytest
from playwright.sync_api import expect

from apps.events.testing import deliver_all
from apps.live.testing import live_server as streams
from apps.tournaments.models import Tournament
from apps.tournaments.signals import tournament_registered
from apps.user_profile.models import User
from apps.web.testing import OpenPage
from apps.web.tests.season import Season

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_tournament_that_is_open(live_server: Any, open_page: OpenPage, settings: Any) -> None:
    Season().play()
    deliver_all()
    tournament = Tournament.objects.get(slug="crown-league")
    with streams(LIVE_ORIGINS=live_server.url) as server:
        settings.LIVE_URL = server.url
        settings.SECURE_CSP = {**settings.SECURE_CSP, "connect-src": ["'self'", server.url]}
        page = open_page()
        with page.expect_request(f"{server.url}/live/**"):
            page.goto(f"{live_server.url}/tournaments/crown-league/")
        page.locator("details").first.evaluate("one => { one.open = true; one.id = 'mine' }")
        Tournament.objects.filter(pk=tournament.pk).update(name="Crown League, renamed")
        tournament_registered.send(
            None,
            user_id=User.objects.get(username="Ada").pk,
            tournament_id=tournament.pk,
            game_id=tournament.game_id,
        )
        deliver_all()
        expect(page.get_by_role("heading", level=1)).to_have_text("Crown League, renamed")
        page.close()
