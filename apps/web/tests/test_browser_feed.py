"""The feed while it is open: what those one follows write and win comes by itself, and goes with a mute."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.community.services import posts
from apps.events.testing import deliver_all
from apps.live.testing import live_server as streams
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import matches, registration, tournaments
from apps.tournaments.services.matches import Line, Side, Slot
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from apps.web.testing import OpenPage
from apps.web.tests.season import PASSWORD
from apps.web.tests.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GAME_ID = 1


def win(user_id: int) -> None:
    """Let a player win a match with a team of his own."""
    cup = tournaments.create(name="Harbour Cup", game_id=GAME_ID)
    players = {}
    for name, player_id in (("Dockers", user_id), ("Sailors", create_user().pk)):
        team = roster.create_team(name=name)
        roster.join(team_id=team.pk, user_id=player_id)
        passports.add(user_id=player_id, game_id=GAME_ID, ign=f"ign-{player_id}")
        registration.register_team(tournament_id=cup.pk, team_id=team.pk, player_ids=(player_id,))
        players[team.pk] = player_id
    tournaments.start(tournament_id=cup.pk)
    ours, theirs = players
    matches.record(
        tournament_id=cup.pk,
        a=Side(ours, 3),
        b=Side(theirs, 1),
        played_at=timezone.now(),
        players=[Line(player_id, team_id) for team_id, player_id in players.items()],
        slot=Slot(Stage.LEAGUE, "", 1, 1),
    )
    deliver_all()


def test_a_feed_that_is_open(live_server: Any, open_page: OpenPage, settings: Any) -> None:
    create_user("Ada", display_name="Ada", password=PASSWORD)
    bela = create_user("bela", display_name="Bela")
    deliver_all()
    with streams(LIVE_ORIGINS=live_server.url) as server:
        settings.LIVE_URL = server.url
        settings.SECURE_CSP = {**settings.SECURE_CSP, "connect-src": ["'self'", server.url]}
        page = open_page()
        sign_in(page, live_server.url, "Ada")
        page.goto(f"{live_server.url}/@bela/")
        page.get_by_role("button", name="Follow", exact=True).click()
        deliver_all()
        with page.expect_request(f"{server.url}/live/**"):
            page.goto(f"{live_server.url}/feed/")
        page.get_by_label("What is new?").fill("Half a sentence")
        posts.publish(author_id=bela.pk, content="Scrims at eight")
        deliver_all()
        expect(page.get_by_text("Scrims at eight")).to_be_visible()
        win(bela.pk)
        expect(page.get_by_text("Dockers 3:1 Sailors")).to_be_visible()
        other = page.context.new_page()
        other.goto(f"{live_server.url}/@bela/")
        other.get_by_role("button", name="Mute", exact=True).click()
        deliver_all()
        expect(page.get_by_text("Scrims at eight")).to_have_count(0)
        expect(page.get_by_text("Dockers 3:1 Sailors")).to_have_count(0)
        expect(page.get_by_label("What is new?")).to_have_value("Half a sentence")
        other.close()
        page.close()
