"""Privacy settings: born with the account, changed aloud, and really set by a preset."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.user_profile.models import FollowCounts, PrivacySettings, User, UserProfile
from apps.user_profile.models.privacy import DEFAULTS, PRESETS, SWITCHES, Preset
from apps.user_profile.services import privacy
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

# domain-facts: every switch, and what a new account has.
OFF = "real_name phone email gender address inventory_value preferred_contact"
ON = (
    "age country nationality game_ids match_history teams achievements activity_feed tournaments level_xp"
    " social_links followers_count following_count followers_list following_list device play_style roles"
    " active_hours"
)


@pytest.fixture
def user() -> User:
    return create_user("ada")


def said(user: User, **settings: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("privacy_changed", {"user_id": user.pk, "setting_name": name, "new_value": value})
        for name, value in settings.items()
    ]


def test_they_are_born_with_the_account_on_every_path(user: User) -> None:
    other, third = User.objects.bulk_create([User(username="bela"), User(username="carl")])
    for each in (user, other, third, User.objects.create(username="dora")):
        settings = PrivacySettings.objects.get(user_profile__user_id=each.pk)
        assert {name: getattr(settings, name) for name in SWITCHES} == DEFAULTS
        assert (settings.visibility_preset, settings.deviations) == ("PUBLIC", [])
        assert FollowCounts.objects.get(user=each).follower_count == 0


def test_no_account_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("no settings")

    monkeypatch.setattr(PrivacySettings.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError, match="no settings"), transaction.atomic():
        create_user("bela")
    assert not User.objects.filter(username="bela").exists()
    assert not UserProfile.objects.filter(display_name="bela").exists()


def test_the_defaults() -> None:
    assert {name for name in SWITCHES if DEFAULTS[name] is False} == {
        *(f"show_{part}" for part in OFF.split()),
        "is_private_account",
    }
    assert {name for name in SWITCHES if DEFAULTS[name] is True} == {
        *(f"show_{part}" for part in ON.split()),
        "allow_friend_requests",
        "allow_direct_messages",
    }
    assert DEFAULTS["allow_team_invites"] == "everyone"


def test_each_change_is_said_once_by_setting(user: User) -> None:
    with emitted() as events:
        privacy.update(user_id=user.pk, show_teams=False, allow_team_invites="nobody", show_age=True)
        privacy.update(user_id=user.pk, show_teams=False)
    assert events == said(user, show_teams=False, allow_team_invites="nobody")


def test_no_path_changes_them_in_silence(user: User) -> None:
    settings = PrivacySettings.of(user.pk)
    settings.show_game_ids = False
    with emitted() as events:
        settings.save()
        with pytest.raises(SilentChange, match=r"apps\.user_profile\.services\.privacy"):
            PrivacySettings.objects.update(show_game_ids=True)
    assert events == said(user, show_game_ids=False)


@pytest.mark.parametrize("preset", list(Preset))
def test_a_preset_sets_every_switch(user: User, preset: Preset) -> None:
    privacy.update(user_id=user.pk, show_teams=False, allow_direct_messages=False)
    settings = privacy.apply_preset(user_id=user.pk, preset=preset)
    stored = PrivacySettings.of(user.pk)
    for each in (settings, stored):
        assert each.visibility_preset == preset
        assert {name: getattr(each, name) for name in SWITCHES} == PRESETS[preset]
        assert each.deviations == []


def test_a_preset_sets_the_switches_on_every_path(user: User) -> None:
    settings = PrivacySettings.of(user.pk)
    settings.visibility_preset = Preset.PRIVATE
    settings.show_teams = True  # stays as it was
    settings.save()
    assert PrivacySettings.of(user.pk).is_private_account
    other = PrivacySettings.of(user.pk)
    other.visibility_preset = Preset.PUBLIC
    other.save(update_fields=["visibility_preset"])
    assert {name: getattr(PrivacySettings.of(user.pk), name) for name in SWITCHES} == DEFAULTS


def test_a_switch_that_deviates_is_shown(user: User) -> None:
    privacy.apply_preset(user_id=user.pk, preset="PRIVATE")
    settings = privacy.update(user_id=user.pk, show_teams=True, allow_team_invites="teammates")
    assert settings.visibility_preset == "PRIVATE"
    assert settings.deviations == ["show_teams", "allow_team_invites"]


def test_the_presets_decide_every_switch() -> None:
    for switches in PRESETS.values():
        assert tuple(switches) == SWITCHES


@pytest.mark.parametrize(
    "wanted",
    [
        {"show_everything": True},
        {"user_profile": 1},
        {"visibility_preset": "SECRET"},
        {"allow_team_invites": "some\0body"},
        {"show_teams": "perhaps"},
        {"show_teams": None},
        {"followers_list_visibility": "x" * 10_000},
    ],
)
def test_bad_input_is_refused_whole(user: User, wanted: dict[str, Any]) -> None:
    with emitted() as events, pytest.raises(ValidationError):
        privacy.update(user_id=user.pk, show_age=False, **wanted)
    assert events == []
    assert PrivacySettings.of(user.pk).show_age


@pytest.mark.parametrize(
    "name",
    ["visibility_preset", "inventory_visibility", "followers_list_visibility", "allow_team_invites"],
)
def test_the_row_itself_refuses_a_choice_that_is_none(user: User, name: str) -> None:
    settings = PrivacySettings.of(user.pk)
    setattr(settings, name, "other")
    with pytest.raises(IntegrityError), transaction.atomic():
        settings.save()
