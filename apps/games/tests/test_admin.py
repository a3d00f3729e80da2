"""The admin site: the reference list is looked at, other games are added and changed."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.games.models import Game

pytestmark = pytest.mark.django_db


def test_reference_rows_are_read_only(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:games_game_changelist")).status_code == 200
    address = reverse("admin:games_game_change", args=[1])
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"name": "X"}).status_code == 403
    assert admin_client.post(reverse("admin:games_game_delete", args=[1])).status_code == 403
    assert Game.objects.get(pk=1).name == "Call of Duty"


def test_an_operator_adds_and_changes_a_game(admin_client: Client) -> None:
    form = {
        "name": "Chess",
        "slug": "chess",
        "identity_label": "handle",
        "roster_min": 1,
        "regions": "[]",
        "ranks": "[]",
        "roles": "[]",
    }
    admin_client.post(reverse("admin:games_game_add"), form)
    game = Game.objects.get(slug="chess")
    admin_client.post(reverse("admin:games_game_change", args=[game.pk]), form | {"roster_max": 1})
    assert Game.objects.get(slug="chess").roster_max == 1
