"""The pages of privacy: switches, presets, and one's own profile as others see it."""

from django.test import Client

from apps.user_profile.models import PrivacySettings, User
from apps.user_profile.models.privacy import PRESETS, SWITCHES
from apps.user_profile.selectors.privacy_settings import CHOICES
from apps.user_profile.services import follows
from apps.user_profile.services.privacy import update
from apps.web.selectors.privacy import CHOICE_WORDS, LABELS, PRESET_WORDS, SECTIONS, STANDINGS
from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of

PAGE = "/settings/privacy/"
# Switches of what no page shows yet. Whoever shows it gives its switch a place in SECTIONS.
NOT_YET = {
    *("show_real_name", "show_phone", "show_email", "show_age", "show_gender", "show_address"),
    *("show_nationality", "show_inventory_value"),
    *("show_social_links", "show_device", "show_play_style", "show_roles", "show_active_hours"),
    *("show_preferred_contact", "allow_direct_messages"),
}


def posted(settings: PrivacySettings, **changes: object) -> dict[str, object]:
    """Return what a browser sends: unticked boxes are absent."""
    values = {name: getattr(settings, name) for name in LABELS} | changes
    return {name: value for name, value in values.items() if value is not False}


class Switches(SeasonCase):
    def setUp(self) -> None:
        self.cleo = User.objects.get(username="Cleo")
        self.client.force_login(self.cleo)

    def settings(self) -> PrivacySettings:
        return PrivacySettings.of(self.cleo.pk)

    def test_every_switch_has_a_place_or_nothing_to_hide(self) -> None:
        placed = [name for _, _, names in SECTIONS.values() for name in names]
        assert sorted(placed) == sorted(LABELS)
        assert set(placed) | NOT_YET == set(SWITCHES)
        assert not set(placed) & NOT_YET
        assert set(PRESET_WORDS) == set(PRESETS)
        choices = {value for name in CHOICES.keys() & LABELS.keys() for value in CHOICES[name]}
        assert choices <= set(CHOICE_WORDS)

    def test_each_is_shown_as_it_is_and_can_be_turned_on_and_off(self) -> None:
        for name in LABELS:
            with self.subTest(name):
                for value in CHOICES.get(name, (True, False)):
                    answer = self.client.post(PAGE, posted(self.settings(), **{name: value}), follow=True)
                    assert "Saved." in answer.content.decode()
                    assert getattr(self.settings(), name) == value
                    field = answer.context["form"][name]
                    assert field.initial == value

    def test_bad_input_saves_nothing(self) -> None:
        for value in ("some\0body", "x" * 10_000, "", "EVERYONE"):
            with self.subTest(value[:10]):
                form = posted(self.settings(), show_teams=False, allow_team_invites=value)
                answer = self.client.post(PAGE, form)
                assert answer.status_code == 200
                assert "Nothing was saved" in answer.content.decode()
                assert self.settings().show_teams

    def test_a_preset_and_what_differs_from_it(self) -> None:
        answer = self.client.post("/settings/privacy/preset/", {"preset": "PRIVATE"}, follow=True)
        assert "As chosen" in answer.content.decode()
        assert self.settings().deviations == []
        self.client.post(PAGE, posted(self.settings(), show_teams=True))
        page = text_of(self.client, PAGE)
        assert "1 switch differs" in page
        self.client.post("/settings/privacy/preset/", {"preset": "PRIVATE"})
        assert "1 switch differs" not in text_of(self.client, PAGE)

    def test_no_such_preset(self) -> None:
        for value in ("", "SECRET", "a\0b"):
            answer = self.client.post("/settings/privacy/preset/", {"preset": value}, follow=True)
            assert "There is no such preset" in answer.content.decode()
        assert self.settings().visibility_preset == "PUBLIC"

    def test_who_is_not_signed_in_is_asked_to(self) -> None:
        for path in (PAGE, "/settings/privacy/preview/follower/", "/requests/", "/settings/blocked/"):
            answer = Client().get(path)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")
        assert Client().post("/settings/privacy/preset/", {"preset": "PRIVATE"}).status_code == 302
        assert self.settings().visibility_preset == "PUBLIC"


class Preview(SeasonCase):
    def setUp(self) -> None:
        self.client.force_login(User.objects.get(username="Cleo"))
        update(user_id=User.objects.get(username="Cleo").pk, is_private_account=True, show_game_ids=False)

    def test_it_is_what_the_others_see(self) -> None:
        follower = text_of(self.client, "/settings/privacy/preview/follower/")
        assert "seen by: A follower" in follower
        assert "Match history" in follower
        assert "Cleo_x" not in follower
        visitor = text_of(self.client, "/settings/privacy/preview/anonymous/")
        assert "This account is private" in visitor
        assert "Match history" not in visitor
        assert "Nothing to see" in text_of(self.client, "/settings/privacy/preview/blocked/")

    def test_standings(self) -> None:
        for standing in STANDINGS:
            html = html_of(self.client, f"/settings/privacy/preview/{standing}/")
            assert html.count("<h1") == 1
            assert "relation/" not in html
        for standing in ("owner", "staff", "nobody"):
            assert self.client.get(f"/settings/privacy/preview/{standing}/").status_code == 404


class Profile(SeasonCase):
    def test_a_private_one_is_not_for_search_engines(self) -> None:
        cleo = User.objects.get(username="Cleo").pk
        assert 'content="noindex"' not in html_of(self.client, "/@Cleo/")
        update(user_id=cleo, is_private_account=True)
        html = html_of(self.client, "/@Cleo/")
        assert 'content="noindex"' in html
        assert "Sign in to follow" in html

    def test_a_blocked_player_finds_nothing(self) -> None:
        cleo, ada = User.objects.get(username="Cleo"), User.objects.get(username="Ada")
        follows.block(user_id=cleo.pk, blocked_id=ada.pk)
        self.client.force_login(ada)
        assert self.client.get("/@Cleo/").status_code == 404
        page = html_of(self.client, "/teams/old-guard/")
        assert "Cleo" in page
        assert "/@Cleo/" not in page

    def test_queries_of_pages(self) -> None:
        cleo = User.objects.get(username="Cleo")
        for index, user in enumerate(User.objects.exclude(pk=cleo.pk)):
            follows.follow(follower_id=user.pk, followed_id=cleo.pk)
            if index % 2:
                follows.block(user_id=cleo.pk, blocked_id=user.pk)
        limits = {"/@Cleo/followers/": 5, "/@Cleo/following/": 5}
        for path, limit in limits.items():
            with at_most(limit, path):
                assert self.client.get(path).status_code == 200
        self.client.force_login(cleo)
        for path in ("/settings/privacy/", "/settings/blocked/", "/requests/"):
            with at_most(9, path):
                assert self.client.get(path).status_code == 200
