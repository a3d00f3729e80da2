"""The admin site: what an operator changes is announced, what only events write is read-only."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.events.testing import emitted
from apps.user_profile.models import GameProfile, User, UserProfile
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

MODELS = ["user", "userprofile", "gameprofile", "useractivity", "userprofilestats", "privacysettings"]


@pytest.fixture
def user() -> User:
    user = create_user("johndoe", display_name="John")
    passports.add(user_id=user.pk, game_id=1, ign="John")
    return user


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_rows_open(admin_client: Client, user: User, model: str) -> None:
    listed = admin_client.get(reverse(f"admin:user_profile_{model}_changelist"), {"q": "john"})
    assert listed.status_code == 200
    row = listed.context["cl"].queryset.last()
    page = admin_client.get(reverse(f"admin:user_profile_{model}_change", args=[row.pk]))
    assert page.status_code == 200


@pytest.mark.parametrize("model", [model for model in MODELS if model != "gameprofile"])
def test_nothing_is_deleted(admin_client: Client, user: User, model: str) -> None:
    listed = admin_client.get(reverse(f"admin:user_profile_{model}_changelist"))
    assert "delete_selected" not in listed.content.decode()
    row = listed.context["cl"].queryset.last()
    assert admin_client.post(reverse(f"admin:user_profile_{model}_delete", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("model", ["useractivity", "userprofilestats"])
def test_what_events_write_is_only_read(admin_client: Client, user: User, model: str) -> None:
    assert admin_client.get(reverse(f"admin:user_profile_{model}_add")).status_code == 403


def test_an_operator_renames_a_player(admin_client: Client, user: User) -> None:
    address = reverse("admin:user_profile_userprofile_change", args=[user.userprofile.pk])
    with emitted() as events:
        admin_client.post(address, {"display_name": " Zoe\u0308 ", "country": "", "bio": ""})
        refused = admin_client.post(address, {"display_name": "a\u200bb"})
    assert b"U+200B" in refused.content
    assert UserProfile.objects.get(user=user).display_name == "Zoë"
    assert events == [
        ("profile_updated", {"user_id": user.pk, "changed_fields": ["display_name"]}),
        ("display_name_changed", {"user_id": user.pk, "old_name": "John", "new_name": "Zoë"}),
    ]


def test_an_operator_adds_a_player(admin_client: Client) -> None:
    form = {"username": "janedoe", "usable_password": "false", "password1": "", "password2": ""}
    with emitted() as events:
        refused = admin_client.post(reverse("admin:user_profile_user_add"), form | {"username": "ops"})
        admin_client.post(reverse("admin:user_profile_user_add"), form)
    assert b"This username is reserved" in refused.content
    assert events == [("profile_created", {"user_id": User.objects.get(username="janedoe").pk})]


def test_an_operator_keeps_the_name_of_the_house(admin_client: Client) -> None:
    admin = User.objects.get(username="admin")
    form = {"first_name": "Ann", "date_joined_0": "2018-01-19", "date_joined_1": "12:00", "is_staff": "on"}
    admin_client.post(reverse("admin:user_profile_user_change", args=[admin.pk]), form | {"is_active": "on"})
    admin.refresh_from_db()
    assert (admin.username, admin.first_name) == ("admin", "Ann")


def test_an_operator_sets_a_passport_right(admin_client: Client, user: User) -> None:
    passport = GameProfile.objects.get(user=user)
    address = reverse("admin:user_profile_gameprofile_change", args=[passport.pk])
    with emitted() as events:
        assert b"required" in admin_client.post(address, {"ign": "  "}).content
        admin_client.post(address, {"ign": "Johnny", "visibility": "public"})
        admin_client.post(
            reverse("admin:user_profile_gameprofile_delete", args=[passport.pk]), {"post": "yes"}
        )
    assert events == [
        ("game_passport_updated", {"user_id": user.pk, "game_id": 1, "changed_fields": ["ign"]}),
        ("game_passport_deleted", {"user_id": user.pk, "game_id": 1}),
    ]


def test_an_operator_cannot_add_a_wrong_passport(admin_client: Client, user: User) -> None:
    form = {"user": user.pk, "game": 2, "ign": "nothing"}
    with emitted() as events:
        refused = admin_client.post(reverse("admin:user_profile_gameprofile_add"), form)
    assert b"VALORANT needs a Riot ID" in refused.content
    assert events == []
