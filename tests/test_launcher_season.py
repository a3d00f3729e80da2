"""`./dev run` plays the season until all of it lies in this database, and makes one demo account."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from apps.games.models import Game
from apps.tournaments.models import Tournament
from apps.user_profile.models import User
from config import local
from config.launcher import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the checkout's own marks and secrets out of it."""
    monkeypatch.setattr(prepare, "SEASON_MARK", tmp_path / "season.json")
    monkeypatch.setattr(local, "DATA", tmp_path)


def tournament() -> Tournament:
    """Make what every season leaves."""
    now = timezone.now()
    return Tournament.objects.create(
        name="Dallas", slug="dallas", game=Game.objects.get(pk=1), starts_at=now, ends_at=now
    )


def test_a_season_is_loaded_once_it_was_played_to_its_end_into_this_database() -> None:
    here = prepare.database_identity()
    tournament()
    assert not prepare.season_is_loaded(here)
    prepare.mark_season(here)
    assert prepare.season_is_loaded(here)
    assert not prepare.season_is_loaded("another:1")


def test_a_season_that_was_flushed_away_is_played_again() -> None:
    here = prepare.database_identity()
    prepare.mark_season(here)
    assert not prepare.season_is_loaded(here)


def test_the_demo_account_is_made_once_and_left_alone() -> None:
    password = prepare.demo_password()
    assert password
    assert prepare.demo_password() == password
    [user] = User.objects.filter(username="demo")
    assert user.userprofile.display_name == "Demo Player"
    assert not user.is_staff
    user.set_password("of somebody's own choice")
    user.save()
    assert prepare.demo_password() is None
