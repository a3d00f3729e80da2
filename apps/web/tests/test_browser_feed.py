"""The feed while it is open: what those one follows write and win comes by itself, and goes with a mute."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from apps.community.services import comments, likes, moderation, posts
from apps.events.testing import deliver_all
from apps.live.testing import live_server as streams
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import matches, registration, tournaments
from apps.tournaments.services.matches import Line, Side, Slot
from apps.user_profile.models import User
from apps.user_profile.services import follows, passports
from apps.user_profile.testing import create_user
from apps.web.testing import NARROW, WIDE, OpenPage, Scheme, load_everything, sideways
from apps.web.tests.season import PASSWORD
from apps.web.tests.test_browser import breaches, sign_in, small_targets

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


def community(ada: User) -> dict[str, str]:
    """Let others write, like and report, so that every page shows something; return the pages by name."""
    bela, carl = create_user("bela", display_name="Bela"), create_user("carl", display_name="Carl")
    follows.follow(follower_id=ada.pk, followed_id=bela.pk)
    for fan in (bela, carl):
        follows.follow(follower_id=fan.pk, followed_id=ada.pk)
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((800, 450)).convert("RGB").save(picture, "PNG")
    uploads = [(ContentFile(picture.getvalue(), name="a.png"), "From dark to light")]
    own = posts.publish(author_id=ada.pk, content="**Scrims** at eight? With @bela #duos")
    posts.publish(
        author_id=bela.pk,
        content="> We lost 1:3\n\nWhat we learn from it:\n\n1. `rotate` earlier\n2. talk *less*\n\nhttps://example.org/"
        + "x" * 80,
        uploads=uploads,
    )
    posts.edit(post_id=own.pk, editor_id=ada.pk, content="**Scrims** at nine? With @bela #duos")
    said = comments.add(post_id=own.pk, author_id=bela.pk, content="I am in, @ada. " + "Sure. " * 30)
    for fan in (bela, carl):
        likes.like(post_id=own.pk, user_id=fan.pk)
    moderation.report(reporter_id=ada.pk, subject=f"comment:{said.pk}", reason="SPAM", text="Again and again")
    ada.user_permissions.add(Permission.objects.get(codename="moderate"))
    deliver_all()
    return {
        "feed": "/feed/",
        "posts": "/posts/",
        "post": f"/posts/{own.pk}/",
        "post-editing": f"/posts/{own.pk}/editing/",
        "post-history": f"/posts/{own.pk}/history/",
        "posts-of-player": "/@bela/posts/",
        "notifications": "/notifications/",
        "notification-settings": "/settings/notifications/",
        "moderation": "/moderation/",
        "case": f"/moderation/comment/{said.pk}/",
        "report": f"/reports/comment/{said.pk}/",
    }


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_page_of_the_community_is_for_everybody(
    live_server: Any,
    open_page: OpenPage,
    settings: Any,
    tmp_path: Path,
    shots: Path | None,
    width: int,
    scheme: Scheme,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    pages = community(create_user("Ada", display_name="Ada", password=PASSWORD))
    page = open_page(width=width, scheme=scheme)
    sign_in(page, live_server.url, "Ada")
    wrong: list[str] = []
    for name, path in pages.items():
        page.goto(live_server.url + path)
        load_everything(page)
        wrong += breaches(page)
        wrong += [f"{path} at {width} px scrolls sideways: {cause}" for cause in sideways(page)]
        wrong += [f"{path} at {width} px: {target}" for target in small_targets(page)]
        if shots:
            page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
    assert not wrong, "\n".join(wrong)
