"""What players are told, once, and what is taken back."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import TestCase
from django.utils import timezone

from apps.events import DomainEvent, Event, erasure, occurring_at
from apps.events import context as event_context
from apps.events.models import EventLog, Subscription
from apps.events.testing import emitted
from apps.notifications import selectors, wording
from apps.notifications.models import Notification
from apps.notifications.services import notifications
from apps.notifications.services.notifications import NotNamed
from apps.notifications.subscribers import tell_of_follows
from apps.tournaments.signals import tournament_placement, tournament_placement_retracted
from apps.user_profile.models import AchievementTold, User, UserAchievement
from apps.user_profile.services import follows, privacy, stats
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.signals import achievement_unlocked
from apps.user_profile.subscribers import count_stats
from apps.user_profile.testing import create_user


def event(number: int = 1) -> Event:
    """Return some event."""
    now = timezone.now()
    return Event(
        id=UUID(int=number), type="cup_won", version=1, key="user:1", user_id=1, created_at=now,
        occurred_at=now, actor_id=None, correlation_id=UUID(int=0), causation_id=None, depth=0, args={},
    )  # fmt: skip


def told(user: User) -> list[tuple[str, int | None]]:
    """Return the kind and actor of what somebody is told, the latest first."""
    return list(selectors.notifications_of(user.pk).values_list("kind", "actor_id"))


class Achievements(TestCase):
    ada: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Sign one up."""
        cls.ada = create_user("ada")

    def finish_second(self, signal: DomainEvent[Any] = tournament_placement) -> None:
        signal.send(sender=None, user_id=self.ada.pk, tournament_id=1, placement=2)

    def test_what_is_achieved_is_told_and_taken_back_when_it_is_revoked(self) -> None:
        with event_context.acting(actor=self.ada.pk):
            self.finish_second()
        line = selectors.notifications_of(self.ada.pk).get()
        assert (line.kind, line.url) == ("achievement", "/@ada/achievements/")
        assert line.values == {"achievement": "Runner Up"}
        self.finish_second()
        assert selectors.notifications_of(self.ada.pk).count() == 1
        self.finish_second(tournament_placement_retracted)
        self.finish_second(tournament_placement_retracted)
        assert told(self.ada) == []
        self.finish_second()
        assert told(self.ada) == [("achievement", None)]

    def test_history_tells_nobody(self) -> None:
        with occurring_at(timezone.now() - timedelta(days=30)):
            self.finish_second()
        assert UserAchievement.objects.filter(user=self.ada).exists()
        assert told(self.ada) == []

    def test_a_rebuild_tells_nobody(self) -> None:
        self.finish_second()
        Notification.objects.all().delete()
        UserAchievement.objects.all().delete()
        stats.empty()
        placed = EventLog.objects.get(event_type="tournament_placement")
        args = {"user_id": self.ada.pk, "tournament_id": 1, "placement": 2}
        count_stats([replace(event(), id=placed.uid, type=placed.event_type, args=args, replay=True)])
        assert UserAchievement.objects.filter(user=self.ada).exists()
        assert told(self.ada) == []
        # It was told when it came: no digest tells it again.
        call_command("tell_achievements", stdout=StringIO())
        assert told(self.ada) == []

    def earn_before(self, *codes: str) -> None:
        """Let somebody have achievements as a rebuild gives them."""
        now = timezone.now()
        UserAchievement.objects.bulk_create(
            UserAchievement(user=self.ada, code=code, unlocked_at=now) for code in codes
        )

    def test_what_was_counted_from_the_past_is_told_at_once_and_once(self) -> None:
        self.earn_before("CHAMPION", "LEGEND", "OF_THE_PAST", "TEAM_PLAYER")
        AchievementService.unlock(self.ada.pk, "TRIPLE_CROWN")
        Notification.objects.all().delete()
        # What is announced is remembered, also when the log is pruned; what is not heard yet is in the log.
        AchievementTold.objects.all().delete()
        for _ in range(2):
            call_command("tell_achievements", stdout=StringIO())
        line = selectors.notifications_of(self.ada.pk).get()
        assert (line.kind, line.url) == ("achievement", "/@ada/achievements/")
        assert wording.plain(line.text, line.values) == "You have earned 3 achievements from before."
        self.earn_before("LEVEL_10")
        call_command("tell_achievements", stdout=StringIO())
        assert selectors.notifications_of(self.ada.pk).count() == 2
        UserAchievement.objects.all().delete()
        self.earn_before("CHAMPION", "LEVEL_10", "TRIPLE_CROWN")
        with emitted() as events:
            call_command("tell_achievements", stdout=StringIO())
        assert events == []

    def test_a_digest_waits_until_the_past_is_counted(self) -> None:
        self.earn_before("CHAMPION")
        counting = Subscription.objects.filter(name="user_profile.count_stats")
        counting.update(replay_until=F("position") + 1)
        with pytest.raises(CommandError, match="is hearing the log again"):
            call_command("tell_achievements")
        assert told(self.ada) == []
        counting.update(replay_until=F("position"))
        call_command("tell_achievements", stdout=StringIO())
        assert told(self.ada) == [("achievement", None)]

    def test_an_achievement_that_there_is_no_more_is_not_told(self) -> None:
        achievement_unlocked.send(sender=None, user_id=self.ada.pk, achievement_code="OF_THE_PAST")
        assert told(self.ada) == []


class Follows(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Sign two up."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela")

    def follow(self) -> None:
        follows.follow(follower_id=self.bela.pk, followed_id=self.ada.pk)

    def test_a_follower_is_told_and_taken_back(self) -> None:
        self.follow()
        assert told(self.ada) == [("followed", self.bela.pk)]
        assert selectors.unread_count(self.ada.pk) == 1
        follows.unfollow(follower_id=self.bela.pk, followed_id=self.ada.pk)
        assert told(self.ada) == []
        assert selectors.unread_count(self.ada.pk) == 0
        self.follow()
        assert told(self.ada) == [("followed", self.bela.pk)]
        assert Notification.objects.count() == 2

    def test_a_request_is_told_until_it_is_answered(self) -> None:
        privacy.update(user_id=self.ada.pk, is_private_account=True)
        self.follow()
        assert told(self.ada) == [("follow_requested", self.bela.pk)]
        assert selectors.notifications_of(self.ada.pk).get().url == "/requests/"
        with event_context.acting(actor=self.ada.pk):
            follows.approve(follower_id=self.bela.pk, followed_id=self.ada.pk)
        # That he follows now is no news to who allowed it.
        assert told(self.ada) == []
        assert told(self.bela) == [("follow_approved", self.ada.pk)]
        follows.unfollow(follower_id=self.bela.pk, followed_id=self.ada.pk)
        assert told(self.bela) == []

    def test_a_refusal_is_quiet(self) -> None:
        privacy.update(user_id=self.ada.pk, is_private_account=True)
        for answer in (follows.reject, follows.cancel):
            self.follow()
            answer(follower_id=self.bela.pk, followed_id=self.ada.pk)
            assert told(self.ada) == []
            assert told(self.bela) == []

    def test_nothing_of_who_is_muted(self) -> None:
        follows.mute(user_id=self.ada.pk, muted_id=self.bela.pk)
        self.follow()
        assert told(self.ada) == []

    def test_a_block_takes_it_back(self) -> None:
        self.follow()
        follows.block(user_id=self.ada.pk, blocked_id=self.bela.pk)
        assert told(self.ada) == []

    def test_history_is_no_news(self) -> None:
        with occurring_at(timezone.now() - timedelta(days=8)):
            self.follow()
        assert told(self.ada) == []

    def test_the_same_event_twice(self) -> None:
        once = event()
        object.__setattr__(once, "type", "user_followed")
        for _ in range(2):
            tell_of_follows(event=once, follower_id=self.bela.pk, followed_id=self.ada.pk)
        assert told(self.ada) == [("followed", self.bela.pk)]


class Notify(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Sign two up, and tell both that a cup was won."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela")
        notifications.notify(
            event(), [cls.ada.pk, cls.bela.pk, 2**40], kind="cup", text="A cup was won.", about="cup:1"
        )

    def test_everybody_who_is_there(self) -> None:
        assert told(self.ada) == told(self.bela) == [("cup", None)]
        assert Notification.objects.count() == 2

    def test_nobody_who_left(self) -> None:
        User.objects.filter(pk=self.ada.pk).update(is_active=False)
        notifications.notify(event(2), [self.ada.pk, self.bela.pk], kind="cup", text="Another.")
        assert len(told(self.ada)) == 1
        assert len(told(self.bela)) == 2

    def test_nobody_is_told_what_he_did(self) -> None:
        notifications.notify(event(2), [self.ada.pk], kind="cup", text="{actor} won.", actor_id=self.ada.pk)
        assert len(told(self.ada)) == 1

    def test_neither_side_of_a_block(self) -> None:
        carl = create_user("carl")
        follows.block(user_id=self.ada.pk, blocked_id=self.bela.pk)
        notifications.notify(event(2), [self.bela.pk], kind="x", text="{actor}", actor_id=self.ada.pk)
        notifications.notify(
            event(3), [self.ada.pk, carl.pk], kind="x", text="{actor}", actor_id=self.bela.pk
        )
        assert told(self.ada) == told(self.bela) == [("cup", None)]
        assert told(carl) == [("x", self.bela.pk)]

    def test_taken_back_by_what_it_is_about(self) -> None:
        assert notifications.retract(kind="cup", about="cup:2") == 0
        assert notifications.retract(kind="cup", recipient_ids=[self.ada.pk], about="cup:1") == 1
        assert notifications.retract(kind="cup", about="cup:1") == 1
        assert told(self.bela) == []
        with pytest.raises(NotNamed):
            notifications.retract(kind="cup")

    def test_reading(self) -> None:
        line = selectors.notifications_of(self.ada.pk).get()
        assert not notifications.mark_read(recipient_id=self.bela.pk, notification_id=line.pk)
        assert selectors.unread_count(self.ada.pk) == 1
        for _ in range(2):
            assert notifications.mark_read(recipient_id=self.ada.pk, notification_id=line.pk)
        assert selectors.unread_count(self.ada.pk) == 0

    def test_reading_all_that_was_shown(self) -> None:
        shown = selectors.notifications_of(self.ada.pk).get().pk
        notifications.notify(event(2), [self.ada.pk], kind="cup", text="Another.")
        assert notifications.mark_all_read(recipient_id=self.ada.pk, up_to_id=shown) == 1
        assert selectors.unread_count(self.ada.pk) == 1
        assert selectors.unread_count(self.bela.pk) == 1

    def test_nothing_is_kept_of_who_is_forgotten(self) -> None:
        erasure.erase(self.ada.pk, by="test")
        assert told(self.ada) == []
        assert told(self.bela)
