"""The roadmap's own two tests (section 12), as they stand there."""

import pytest

from apps.events.models import EventLog
from apps.teams.models import TeamMembership
from apps.teams.selectors import get_team_roster
from apps.teams.testing import create_team
from apps.user_profile.models import GameProfile, UserActivity
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


def test_profile_update_invalidates_team_cache() -> None:
    user = create_user()
    team = create_team()
    TeamMembership.objects.create(user=user, team=team)

    # Cache team roster
    get_team_roster(team.id)  # Caches

    # Update profile
    user.userprofile.display_name = "New Name"
    user.userprofile.save()

    # Verify cache invalidated
    roster_after = get_team_roster(team.id)
    assert roster_after[0]["display_name"] == "New Name"


def test_game_passport_added_event() -> None:
    user = create_user()

    # Add game passport
    GameProfile.objects.create(user=user, game_id=1, ign="TestIGN")

    # Verify event logged
    event = EventLog.objects.filter(event_type="game_passport_added", user_id=user.id).first()
    assert event is not None

    # Verify activity created
    activity = UserActivity.objects.filter(user_id=user.id, event_type="GAME_PASSPORT_ADDED").first()
    assert activity is not None
