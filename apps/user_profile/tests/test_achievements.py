"""Achievements: what is unlocked, revoked and restored, by events and by people."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.events import DomainEvent, Event
from apps.events.envelope import uuid7
from apps.events.models import EventLog
from apps.events.testing import emitted
from apps.tournaments.signals import (
    match_won,
    tournament_match_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
)
from apps.user_profile.achievements import ACHIEVEMENTS, BY_CODE, BY_MEASURE
from apps.user_profile.models import Follow, User, UserAchievement
from apps.user_profile.selectors import Visit, achievements, visit
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, Viewer, seen_by
from apps.user_profile.services import follow_counts, follows, privacy, stats
from apps.user_profile.services.achievement_service import (
    CORRECTED,
    AchievementService,
    NoReason,
    NotHeld,
    UnknownAchievement,
)
from apps.user_profile.services.profile_api import ProfileAPIService
from apps.user_profile.signals import user_followed
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
NOBODY = 999_999_999
KEPT = ("code", "unlocked_at", "revoked_at", "reason", "is_decided")


def held(user: User) -> set[str]:
    """Return the codes of what a player has."""
    return set(UserAchievement.objects.held().filter(user=user).values_list("code", flat=True))


def place(user: User, placement: int, tournament_id: int = 1) -> None:
    """Announce a final place."""
    tournament_placement.send(sender=None, user_id=user.pk, tournament_id=tournament_id, placement=placement)


def rows() -> list[tuple[Any, ...]]:
    """Return all that is stored, but the ids."""
    return list(UserAchievement.objects.order_by("user_id", "code").values_list("user_id", *KEPT))


def test_the_list_is_sound() -> None:
    assert len(BY_CODE) == len(ACHIEVEMENTS)
    assert BY_MEASURE.keys() <= {*stats.COUNTERS, "lifetime_earnings", "level", "followers"}
    assert sum(map(len, BY_MEASURE.values())) == len(ACHIEVEMENTS)
    assert all(one.goal > 0 and one.title and one.description for one in ACHIEVEMENTS)


@pytest.mark.parametrize(
    ("placement", "codes"),
    [
        (1, {"TOURNAMENT_TOP1", "FIRST_TOURNAMENT_WIN"}),
        (2, {"TOURNAMENT_TOP2"}),
        (3, {"TOURNAMENT_TOP3"}),
        (4, set()),
    ],
)
def test_a_place_unlocks_its_achievement_once(placement: int, codes: set[str]) -> None:
    user = create_user()
    with emitted(reactions=True) as events:
        place(user, placement)
        place(user, placement, 2)
    told = [payload["achievement_code"] for type_, payload in events if type_ == "achievement_unlocked"]
    assert sorted(told) == sorted(codes)
    assert held(user) == codes


def test_a_goal_is_reached_with_the_event_that_reaches_it() -> None:
    user = create_user()
    for number in range(9):
        tournament_registered.send(sender=None, user_id=user.pk, tournament_id=number, game_id=1)
    assert held(user) == {"TOURNAMENT_ROOKIE"}
    tournament_registered.send(sender=None, user_id=user.pk, tournament_id=10, game_id=1)
    assert held(user) == {"TOURNAMENT_ROOKIE", "TOURNAMENT_VETERAN"}
    last = EventLog.objects.filter(event_type="tournament_registered").latest("id")
    said = EventLog.objects.filter(event_type="achievement_unlocked").latest("id")
    assert said.causation_id == last.uid
    assert UserAchievement.objects.get(code="TOURNAMENT_VETERAN").unlocked_at == last.occurred_at


def test_a_correction_revokes_and_the_next_one_restores() -> None:
    user = create_user()
    about = {"user_id": user.pk, "match_id": 1}
    tournament_match_completed.send(sender=None, **about, won=True)
    match_won.send(sender=None, **about)
    first = UserAchievement.objects.get(code="FIRST_MATCH_WIN")
    with emitted(reactions=True) as events:
        tournament_match_retracted.send(sender=None, **about, won=True)
        assert held(user) == set()
        tournament_match_completed.send(sender=None, **about, won=True)
        match_won.send(sender=None, **about)
    assert [type_ for type_, _ in events if type_.startswith("achievement")] == [
        "achievement_revoked",
        "achievement_unlocked",
    ]
    again = UserAchievement.objects.get(code="FIRST_MATCH_WIN")
    assert (again.revoked_at, again.reason) == (None, "")
    assert again.unlocked_at == first.unlocked_at
    tournament_match_retracted.send(sender=None, **about, won=True)
    assert UserAchievement.objects.get(code="FIRST_MATCH_WIN").reason == CORRECTED


def made(signal: DomainEvent[Any], minute: int, **arguments: Any) -> Event:
    """Return an event as a subscriber gets it, without its being announced."""
    when = datetime(2026, 5, 1, 12, minute, tzinfo=UTC)
    return Event(
        id=uuid7(),
        type=signal.name,
        version=1,
        key=f"user:{arguments['user_id']}",
        user_id=arguments["user_id"],
        created_at=when,
        occurred_at=when,
        actor_id=None,
        correlation_id=uuid7(),
        causation_id=None,
        depth=0,
        args=arguments,
    )


def test_within_one_batch_only_the_outcome_is_announced() -> None:
    user = create_user()
    place(user, 1)
    before, about = rows(), {"user_id": user.pk, "tournament_id": 1, "placement": 1}
    with emitted(reactions=True) as events:
        stats.count(
            [made(tournament_placement_retracted, 0, **about), made(tournament_placement, 1, **about)]
        )
    assert events == []
    assert rows() == before


STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2, 3])), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.sets(st.integers(0, 12), max_size=4))
def test_the_rows_are_the_same_however_the_batches_are_cut(
    steps: list[tuple[bool, int]], cuts: set[int]
) -> None:
    whole, parts = create_user(), create_user()
    standing: Counter[int] = Counter()
    history: list[tuple[DomainEvent[Any], int]] = []
    for gained, placement in steps:
        if gained or standing[placement]:
            standing[placement] += 1 if gained else -1
            history.append((tournament_placement if gained else tournament_placement_retracted, placement))

    def events_of(user: User) -> list[Event]:
        return [
            made(signal, minute, user_id=user.pk, tournament_id=1, placement=placement)
            for minute, (signal, placement) in enumerate(history)
        ]

    stats.count(events_of(whole))
    split = events_of(parts)
    for first, last in pairwise([0, *sorted(cuts), len(split)]):
        stats.count(split[first:last])
    found = [
        list(UserAchievement.objects.filter(user=user).order_by("code").values_list(*KEPT))
        for user in (whole, parts)
    ]
    assert found[0] == found[1]


def test_followers_count_and_what_they_unlock_is_hidden_with_their_number() -> None:
    star = create_user("star")
    fans = User.objects.bulk_create(User(username=f"fan{n}") for n in range(101))
    Follow.objects.bulk_create(Follow(follower=fan, followed=star) for fan in fans[:99])
    assert held(star) == set()
    for fan in fans[99:]:
        follows.follow(follower_id=fan.pk, followed_id=star.pk)
    assert held(star) == {"INFLUENCER"}
    live = rows()
    # Counted again from nothing, it is the same, and given in silence.
    UserAchievement.objects.all().delete()
    follow_counts.empty()
    follow_counts.count(
        [
            replace(
                made(user_followed, 0, user_id=0),
                args={"follower_id": fan.pk, "followed_id": star.pk},
                occurred_at=live[0][2],
                replay=True,
            )
            for fan in fans
        ]
    )
    assert rows() == live
    found = visit_of(ANONYMOUS, "star")
    assert [one.achievement.code for one in achievements.held_by(found.seen, found.held)] == ["INFLUENCER"]
    privacy.update(user_id=star.pk, show_followers_count=False)
    found = visit_of(ANONYMOUS, "star")
    assert achievements.held_by(found.seen, found.held) == []
    own = visit_of(Viewer(star.pk), "star")
    assert len(achievements.held_by(own.seen, own.held)) == 1
    for fan in fans[:2]:
        follows.unfollow(follower_id=fan.pk, followed_id=star.pk)
    assert held(star) == set()


def test_every_achievement_says_what_it_tells_of_its_player() -> None:
    assert achievements.ABOUT.keys() == BY_CODE.keys()
    assert achievements.parts_told("INFLUENCER") == {Part.ACHIEVEMENTS, Part.FOLLOWERS_COUNT}
    assert Part.WALLET in achievements.parts_told("OF_THE_PAST")


def test_a_person_revokes_for_good() -> None:
    user = create_user()
    place(user, 1)
    with emitted("achievement_revoked"):
        call_command(
            "revoke_achievement", user.username, "TOURNAMENT_TOP1", reason=" Cheated. ", stdout=StringIO()
        )
    assert held(user) == {"FIRST_TOURNAMENT_WIN"}
    tournament_placement_retracted.send(sender=None, user_id=user.pk, tournament_id=1, placement=1)
    place(user, 1)
    assert held(user) == {"FIRST_TOURNAMENT_WIN"}
    assert not AchievementService.unlock(user.pk, "TOURNAMENT_TOP1")
    row = UserAchievement.objects.get(code="TOURNAMENT_TOP1")
    assert (row.reason, row.is_decided) == ("Cheated.", True)
    with pytest.raises(CommandError, match="does not have TOURNAMENT_TOP1"):
        call_command("revoke_achievement", user.username, "TOURNAMENT_TOP1", reason="Again.")
    with pytest.raises(CommandError, match="no player"):
        call_command("revoke_achievement", "nobody-here", "TOURNAMENT_TOP1", reason="Again.")


def test_other_apps_unlock_once() -> None:
    user = create_user()
    with emitted("achievement_unlocked"):
        assert AchievementService.unlock(user.pk, "LEGEND")
        assert not AchievementService.unlock(user.pk, "LEGEND")
    assert held(user) == {"LEGEND"}


def test_what_is_refused_leaves_nothing() -> None:
    user = create_user()
    with emitted() as events:
        with pytest.raises(UnknownAchievement, match="There are: TOURNAMENT_ROOKIE"):
            AchievementService.unlock(user.pk, "NO\0SUCH")
        with pytest.raises(NotHeld):
            AchievementService.revoke(user.pk, "LEGEND", "Why not.")
        for reason in ("", "  ", "x" * 201, "a\0b"):
            with pytest.raises(NoReason):
                AchievementService.revoke(user.pk, "LEGEND", reason)
    assert events == []
    assert rows() == []


def test_who_is_not_there_unlocks_nothing() -> None:
    match_won.send(sender=None, user_id=NOBODY, match_id=1)
    assert rows() == []


def visit_of(viewer: Viewer, username: str) -> Visit:
    """Return a visit of a profile that is there."""
    found = visit(viewer, username)
    assert found
    return found


def test_progress_is_for_the_player_alone(django_assert_num_queries: Any) -> None:
    user = create_user()
    for number in range(4):
        tournament_registered.send(sender=None, user_id=user.pk, tournament_id=number, game_id=1)
    own = seen_by(Viewer(user.pk), [user.pk])[user.pk]
    with django_assert_num_queries(1):
        held = visit_of(Viewer(user.pk), user.username).held
    to_get = achievements.still_to_get(own, held, {"tournaments_played": 4})
    assert (to_get[0].achievement.code, to_get[0].reached) == ("TOURNAMENT_VETERAN", 4)
    anybody = seen_by(ANONYMOUS, [user.pk])[user.pk]
    assert achievements.still_to_get(anybody, held, {}) == []
    assert [one.achievement.code for one in achievements.held_by(anybody, held)] == ["TOURNAMENT_ROOKIE"]
    privacy.update(user_id=user.pk, show_achievements=False)
    visited = visit_of(ANONYMOUS, user.username)
    assert achievements.held_by(visited.seen, visited.held) == []


def test_who_may_be_invited(django_assert_num_queries: Any) -> None:
    anyone, some, none, gone, inviter = (create_user() for _ in range(5))
    privacy.update(user_id=some.pk, allow_team_invites="teammates")
    privacy.update(user_id=none.pk, allow_team_invites="nobody")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    ids = [anyone.pk, some.pk, none.pk, gone.pk, NOBODY]
    with django_assert_num_queries(1):
        assert ProfileAPIService.can_receive_team_invites(ids) == {anyone.pk, some.pk}
    with django_assert_num_queries(1):
        assert ProfileAPIService.can_receive_team_invites(ids, inviter.pk) == {anyone.pk}
    with django_assert_num_queries(10):
        alone = [ProfileAPIService.can_receive_team_invite(user_id) for user_id in ids]
        by_one = [ProfileAPIService.can_receive_team_invite(user_id, inviter.pk) for user_id in ids]
    assert alone == [True, True, False, False, False]
    assert by_one == [True, False, False, False, False]
