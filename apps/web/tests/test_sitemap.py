"""What search engines are told: everything that is for everybody, and nothing else."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from apps.user_profile.models import User
from apps.user_profile.services import privacy, profiles
from apps.user_profile.testing import create_user
from apps.web.selectors import sitemap
from apps.web.tests.pages import SeasonCase, at_most, html_of

QUERIES_MAX = 4


def locations(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Type"] == "application/xml"
    assert "no-cache" in answer.headers["Cache-Control"]
    return [each.text or "" for each in ET.fromstring(answer.content).iter() if each.tag.endswith("loc")]


class Maps(SeasonCase):
    def everything(self) -> set[str]:
        parts = locations(self.client, "/sitemap.xml")
        return {
            location.removeprefix("http://testserver")
            for part in parts
            for location in locations(self.client, part.removeprefix("http://testserver"))
        }

    def test_what_is_on_it_is_there_for_everybody(self) -> None:
        found = self.everything()
        assert {
            "/",
            "/teams/",
            "/tournaments/",
            "/@Cleo/",
            "/teams/old-guard/",
            "/tournaments/delta-open/",
        } <= found
        assert len([path for path in found if path.startswith("/@")]) == User.objects.count()
        for path in found:
            html = html_of(self.client, path)
            assert "noindex" not in html
            assert f'<link rel="canonical" href="http://testserver{path}"' in html

    def test_who_hides_is_off_it_at_the_next_answer(self) -> None:
        cleo, ada = (User.objects.get(username=name) for name in ("Cleo", "Ada"))
        privacy.update(user_id=cleo.pk, is_private_account=True)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        found = self.everything()
        assert not {"/@Cleo/", "/@Ada/"} & found
        assert "noindex" in html_of(self.client, "/@Cleo/")

    def test_it_is_the_same_for_staff(self) -> None:
        cleo = User.objects.get(username="Cleo")
        privacy.update(user_id=cleo.pk, is_private_account=True)
        self.client.force_login(create_staff())
        assert "/@Cleo/" not in self.everything()

    def test_maps_that_are_not_there(self) -> None:
        for path in ("/sitemap-players-99999.xml", "/sitemap-wallets-0.xml", "/sitemap-pages-1.xml"):
            assert self.client.get(path).status_code == 404

    def test_queries(self) -> None:
        number = User.objects.order_by("-pk")[0].pk // sitemap.IDS_PER_MAP
        for path in (f"/sitemap-players-{number}.xml", "/sitemap-teams-0.xml", "/sitemap.xml"):
            with at_most(QUERIES_MAX, path):
                self.client.get(path)


def create_staff() -> User:
    return User.objects.create(username="operator", is_staff=True)


@pytest.mark.django_db
def test_robots_are_led_to_the_map(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /settings/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


@pytest.mark.django_db
def test_a_page_that_is_shared_shows_who_it_is_about(client: Client) -> None:
    user = create_user("ada", display_name='Ada "the" <b>')
    profiles.update(user_id=user.pk, avatar="avatars/ada.webp")
    html = html_of(client, "/@ada/")
    tags = dict(
        re.findall(r'<meta (?:property|name)="((?:og|profile|twitter):[a-z:_]+)" content="([^"]*)"', html)
    )
    assert tags["og:image"] == "http://testserver/media/avatars/ada.webp"
    assert tags["og:title"] == "Ada &quot;the&quot; &lt;b&gt; (@ada)"
    assert tags["og:type"] == "profile"
    assert tags["og:url"] == "http://testserver/@ada/"
    assert tags["profile:username"] == "ada"
    assert tags["twitter:card"] == "summary"
