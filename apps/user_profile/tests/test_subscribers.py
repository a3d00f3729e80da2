"""What identity makes of events: lines of activity and sums, each once, however often the event comes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.events import DomainEvent, Event, occurring_at, subscriptions
from apps.events.envelope import uuid7
from apps.events.models import EventLog
from apps.events.testing import deliver_all
from apps.events.verify import Figure, compare, figures
from apps.teams.signals import user_joined_team, user_left_team
from apps.tournaments.signals import (
    match_completed,
    match_won,
    tournament_completed,
    tournament_match_completed,
    tournament_placement,
    tournament_placement_retracted,
    user_registered_for_tournament,
)
from apps.user_profile.models import User, UserActivity, UserProfileStats
from apps.user_profile.models.activity import AppendOnly
from apps.user_profile.services import activity, passports, stats
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

type Match = tuple[int, bool, int, int, int]
KDA = st.integers(0, 99)
UP_TO_12 = st.integers(0, 12)

SENT: list[tuple[DomainEvent[Any], dict[str, Any], tuple[str, dict[str, Any]] | None, dict[str, int]]] = [
    (
        user_joined_team,
        {"team_id": 7, "role": "CAPTAIN"},
        ("TEAM_JOINED", {"team_id": 7, "role": "CAPTAIN"}),
        {"teams_joined": 1},
    ),
    (user_left_team, {"team_id": 7}, ("USER_LEFT_TEAM", {"team_id": 7}), {"teams_left": 1}),
    (
        user_registered_for_tournament,
        {"tournament_id": 5, "game_id": 1},
        ("TOURNAMENT_REGISTERED", {"tournament_id": 5}),
        {"tournaments_played": 1},
    ),
    (
        match_completed,
        {"match_id": 3, "won": True, "kills": 20, "deaths": 9, "assists": 4},
        ("TOURNAMENT_MATCH_COMPLETED", {"match_id": 3, "won": True}),
        {"matches_played": 1, "kills": 20, "deaths": 9, "assists": 4},
    ),
    (match_won, {"match_id": 3}, ("MATCH_WON", {"match_id": 3}), {"matches_won": 1}),
    (
        tournament_placement,
        {"tournament_id": 5, "placement": 2},
        ("TOURNAMENT_PLACEMENT", {"tournament_id": 5, "placement": 2}),
        {"runner_ups": 1, "podiums": 1},
    ),
    (
        tournament_completed,
        {"tournament_id": 5},
        ("TOURNAMENT_COMPLETED", {"tournament_id": 5}),
        {},
    ),
]


def sums(user: User) -> dict[str, int]:
    """Return what is not zero."""
    row = UserProfileStats.objects.filter(user=user).values(*stats.COUNTERS).get()
    return {name: value for name, value in row.items() if value}


def lines(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Return what a player did; his birth, and what he unlocked by it, are other tests'."""
    others = ("ACHIEVEMENT_UNLOCKED", "PROFILE_CREATED")
    rows = UserActivity.objects.filter(user=user).exclude(event_type__in=others).order_by("pk")
    return list(rows.values_list("event_type", "event_data"))


@pytest.mark.parametrize(("signal", "arguments", "line", "added"), SENT, ids=[one[0].name for one in SENT])
def test_an_event_becomes_a_line_and_a_sum(
    signal: DomainEvent[Any],
    arguments: dict[str, Any],
    line: tuple[str, dict[str, Any]] | None,
    added: dict[str, int],
) -> None:
    user, other = create_user(), create_user()
    signal.send(sender=None, user_id=user.pk, **arguments)
    assert lines(user) == ([line] if line else [])
    assert sums(user) == added
    assert lines(other) == []
    assert sums(other) == {}
    assert all(UserActivity.objects.values_list("is_public", flat=True))


@pytest.mark.django_db(transaction=True)
def test_the_same_after_the_commit() -> None:
    user = create_user()
    for signal, arguments, _, _ in SENT:
        signal.send(sender=None, user_id=user.pk, **arguments)
    assert lines(user) == []
    deliver_all()
    assert lines(user) == [line for _, _, line, _ in SENT if line]
    assert sums(user) == {name: value for *_, added in SENT for name, value in added.items()}


def test_a_passport_becomes_a_line_without_its_name() -> None:
    user = create_user()
    passports.add(user_id=user.pk, game_id=1, ign="TestIGN")
    assert lines(user) == [("GAME_PASSPORT_ADDED", {"game_id": 1})]


def test_a_line_is_of_its_event_and_of_its_time() -> None:
    user, then = create_user(), datetime(2018, 1, 19, 12, tzinfo=UTC)
    with occurring_at(then):
        match_won.send(sender=None, user_id=user.pk, match_id=3)
    line = UserActivity.objects.get(event_type="MATCH_WON")
    assert line.occurred_at == then
    assert line.event_id == EventLog.objects.get(event_type="match_won").uid


def test_the_same_event_makes_lines_for_two_players() -> None:
    one, other = create_user(), create_user()
    event = made(match_won, one.pk, match_id=3)
    for _ in range(2):
        for user in (one, other):
            activity.log(event, user.pk, "MATCH_WON", {"match_id": 3}, is_public=False)
    won = UserActivity.objects.filter(event_type="MATCH_WON")
    assert sorted(won.values_list("user_id", "is_public")) == [
        (one.pk, False),
        (other.pk, False),
    ]


def made(signal: DomainEvent[Any], user_id: int, **arguments: Any) -> Event:
    """Return an event as a worker hands it out, without a log."""
    now = datetime.now(UTC)
    return Event(
        id=uuid7(),
        type=signal.name,
        version=signal.version,
        key=f"user:{user_id}",
        user_id=user_id,
        created_at=now,
        occurred_at=now,
        actor_id=None,
        correlation_id=uuid7(),
        causation_id=None,
        depth=0,
        args=signal.decode(signal.normalise({"user_id": user_id, **arguments})),
    )


def many(users: Iterable[User]) -> list[Event]:
    return [made(signal, user.pk, **arguments) for user in users for signal, arguments, _, _ in SENT]


def test_a_batch_twice_is_once() -> None:
    user = create_user()
    batch = many([user])
    batch = [event for event in batch if event.type in activity.LINES]
    activity.log_events(batch)
    before = lines(user)
    activity.log_events(batch)
    assert lines(user) == before == [line for _, _, line, _ in SENT if line]


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_a_few_statements() -> None:
    """And one more that says whose figures moved, however many they are, each with a cause of its own.

    After the commit, as a worker runs it: what others do about that is not in the batch.
    """
    few, more = [create_user()], [create_user() for _ in range(20)]
    for handle, kinds in ((activity.log_events, activity.LINES), (stats.count, stats.KINDS)):
        counted = []
        for users in (few, more):
            batch = [event for event in many(users) if event.type in kinds]
            with transaction.atomic():
                handle(batch)  # what is unlocked now costs its own statements, once
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                handle(batch)
            said = sum("INSERT INTO event_log" in query["sql"] for query in queries)
            assert said == (handle == stats.count)
            counted.append(len(queries) - said)
        assert counted[0] == counted[1] <= 4


def test_nobody_is_passed_over() -> None:
    user, gone = create_user(), User(pk=10**9)
    stats.count([event for event in many([gone, user]) if event.type in stats.KINDS])
    activity.log_events([event for event in many([gone, user]) if event.type in activity.LINES])
    assert sums(user)["matches_played"] == 1
    assert not UserActivity.objects.filter(user_id=gone.pk).exists()
    assert len(lines(user)) == 7


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_order_of_players() -> None:
    users = [create_user() for _ in range(5)]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        stats.count([made(user_left_team, user.pk, team_id=1) for user in reversed(users)])
    locking, adding, announcing = (query["sql"] for query in queries.captured_queries)
    assert "ORDER BY 1 ASC FOR NO KEY UPDATE" in locking
    assert locking.startswith('SELECT "user_profile_userprofilestats"."user_id"')
    assert adding.startswith("\nUPDATE")
    assert "INSERT INTO event_log" in announcing


def test_activities_are_never_rewritten() -> None:
    user = create_user()
    match_won.send(sender=None, user_id=user.pk, match_id=3)
    line = UserActivity.objects.get(event_type="MATCH_WON")
    line.event_type = "OTHER"
    with pytest.raises(AppendOnly):
        line.save()
    with pytest.raises(AppendOnly):
        UserActivity.objects.update(event_type="OTHER")
    assert UserActivity.objects.filter(pk=line.pk, event_type="MATCH_WON").exists()


def test_the_derived_figures() -> None:
    row = UserProfileStats(matches_played=4, matches_won=3, kills=9, deaths=0, assists=2)
    assert (row.matches_lost, row.win_rate, row.kill_death_ratio, row.kda) == (1, 0.75, 9, 11)
    nothing = UserProfileStats()
    assert (nothing.matches_lost, nothing.win_rate, nothing.kill_death_ratio, nothing.kda) == (
        0,
        None,
        None,
        None,
    )


def test_every_sum_is_a_figure() -> None:
    user = create_user()
    for signal, arguments, _, _ in SENT:
        signal.send(sender=None, user_id=user.pk, **arguments)
    for counter in stats.COUNTERS:
        stored = figures[f"user_profile.stats.{counter}"].stored
        right = Figure(counter, source=lambda c=counter: [(user.pk, sums(user).get(c, 0))], stored=stored)
        wrong = Figure(counter, source=lambda c=counter: [(user.pk, sums(user).get(c, 0) + 1)], stored=stored)
        assert (compare(right).rows_checked, compare(right).drift, compare(wrong).drift) == (1, 0, 1)


def test_both_subscribers_hear_from_the_beginning() -> None:
    from apps.events import registry

    for name in ("user_profile.log_activity", "user_profile.count_stats"):
        found: subscriptions.Subscriber = registry.subscribers[name]
        assert (found.since, found.batch) == ("beginning", True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    played=st.lists(
        st.tuples(
            st.integers(0, 2), st.booleans(), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)
        ),
        max_size=12,
    ),
    cut=st.integers(0, 12),
)
def test_sums_are_sums_however_the_batches_are_cut(
    played: list[tuple[int, bool, int, int, int]], cut: int
) -> None:
    users = [create_user() for _ in range(3)]
    batch = []
    for match_id, (place, won, kills, deaths, assists) in enumerate(played):
        user_id = users[place].pk
        numbers = {"kills": kills, "deaths": deaths, "assists": assists}
        batch.append(made(tournament_match_completed, user_id, match_id=match_id, won=won, **numbers))
        if won:
            batch.append(made(match_won, user_id, match_id=match_id))
    for part in (batch[:cut], batch[cut:]):
        stats.count(part)
    for place, user in enumerate(users):
        mine = [match for match in played if match[0] == place]
        row = UserProfileStats.objects.get(user=user)
        assert row.matches_played == len(mine)
        assert row.matches_won == sum(match[1] for match in mine)
        assert [row.kills, row.deaths, row.assists] == [sum(match[at] for match in mine) for at in (2, 3, 4)]


def told_of() -> list[tuple[int, Any]]:
    """Return whose figures moved and because of what, as it was announced."""
    rows = EventLog.objects.filter(event_type="stats_updated").order_by("id")
    return list(rows.values_list("user_id", "causation_id"))


def test_a_batch_says_once_of_each_player_that_his_figures_moved() -> None:
    ada, bela, still = (create_user().pk for _ in range(3))
    about = {"match_id": 1, "won": True, "kills": 0, "deaths": 0, "assists": 0}
    batch = [
        made(tournament_match_completed, ada, **about),
        made(match_won, ada, match_id=1),
        made(user_left_team, bela, team_id=7),
        made(match_won, 10**9, match_id=1),
        made(tournament_placement, still, tournament_id=5, placement=9),
        made(tournament_placement, still, tournament_id=6, placement=1),
        made(tournament_placement_retracted, still, tournament_id=6, placement=1),
    ]
    stats.count(batch)
    assert told_of() == [(ada, batch[1].id), (bela, batch[2].id)]
    stats.count([replace(event, replay=True) for event in batch])
    assert len(told_of()) == 2
