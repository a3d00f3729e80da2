"""The nightly recount: what was spoiled is put right, and what still waits is not counted twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.events import schedule, sequencer
from apps.events.models import EventLog, Job, Lane, Subscription
from apps.events.testing import deliver_all
from apps.events.verify import compare, figures
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import User, UserAchievement, UserProfileStats
from apps.user_profile.services import stats
from apps.user_profile.services.recount import COUNTED_BY
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run_tonight() -> Callable[[], str]:
    """Return a function that lets a worker find the job due, alone, and returns what it failed of."""
    schedule.store()
    jobs = Job.objects.exclude(name="user_profile.recount_stats")
    jobs.update(next_run_at=datetime(2100, 1, 1, tzinfo=UTC))

    def run() -> str:
        Job.objects.filter(name="user_profile.recount_stats").update(next_run_at=timezone.now())
        assert schedule.run_due() == 1
        return Job.objects.get(name="user_profile.recount_stats").last_error

    return run


def spoil(user: User, **sums: int) -> None:
    """Write sums that nobody counted."""
    UserProfileStats.objects.filter(user=user).update(**sums)


def sums(user: User) -> tuple[int, int]:
    """Return what is stored of a player's teams."""
    return UserProfileStats.objects.values_list("teams_joined", "teams_left").get(user=user)


def drift() -> dict[str, Any]:
    """Return which sums are not what their source says."""
    found = (compare(figures[f"user_profile.stats.{counter}"]) for counter in stats.COUNTERS)
    return {finding.name: finding.examples for finding in found if finding.drift}


@pytest.mark.parametrize("stamped", [False, True])
def test_what_is_spoiled_is_right_once_what_waits_is_delivered(
    run_tonight: Callable[[], str], caplog: pytest.LogCaptureFixture, stamped: bool
) -> None:
    user, other = create_user(), create_user()
    first, second = create_team(), create_team()
    roster.join(team_id=first.pk, user_id=user.pk)
    deliver_all()
    spoil(user, teams_joined=7, kills=3)
    roster.leave(team_id=first.pk, user_id=user.pk)
    roster.join(team_id=second.pk, user_id=user.pk)
    roster.join(team_id=second.pk, user_id=other.pk)
    if stamped:
        sequencer.stamp()
    assert run_tonight() == ""
    assert (sums(user), sums(other)) == ((1, 0), (0, 0))
    assert f"teams_joined was wrong for 1 players and is corrected; of user {user.pk} by -6" in caplog.text
    told = EventLog.objects.filter(event_type="stats_updated", causation_id=None)
    assert list(told.values_list("user_id", flat=True)) == [user.pk]
    deliver_all()
    assert (sums(user), sums(other)) == ((2, 1), (1, 0))
    assert drift() == {}
    assert run_tonight() == ""
    assert told.count() == 1


def test_a_figure_put_right_gives_what_it_reaches(run_tonight: Callable[[], str]) -> None:
    user, team = create_user(), create_team()
    roster.join(team_id=team.pk, user_id=user.pk)
    deliver_all()
    UserAchievement.objects.all().delete()
    spoil(user, teams_joined=0)
    run_tonight()
    assert list(UserAchievement.objects.values_list("user_id", "code")) == [(user.pk, "TEAM_PLAYER")]


def test_who_is_parked_and_a_log_that_is_heard_again_are_left_alone(run_tonight: Callable[[], str]) -> None:
    user = create_user()
    deliver_all()
    spoil(user, teams_left=5)
    facts = {"subscription_id": COUNTED_BY, "key": f"user:{user.pk}", "position": 1}
    lane = Lane.objects.create(**facts, due_at=timezone.now(), error="no luck")
    run_tonight()
    assert sums(user) == (0, 5)
    Lane.objects.filter(key=lane.key).delete()
    head = Subscription.objects.get(name=COUNTED_BY).position
    Subscription.objects.filter(name=COUNTED_BY).update(replay_until=head + 1)
    run_tonight()
    assert sums(user) == (0, 5)
    Subscription.objects.filter(name=COUNTED_BY).update(replay_until=0)
    run_tonight()
    assert sums(user) == (0, 0)
