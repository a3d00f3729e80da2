"""Who follows whom, who asked to, and who wants nothing of whom."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.events import context
from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.user_profile.signals import (
    follow_request_approved,
    follow_request_cancelled,
    follow_request_rejected,
    follow_requested,
    user_blocked,
    user_followed,
    user_muted,
    user_unblocked,
    user_unfollowed,
    user_unmuted,
)


def moment() -> Any:
    """Return when what happens now happened: inside `occurring_at` the time it gives, else the clock's."""
    return context.current().occurred_at or timezone.now()


def player(related_name: str = "+", **options: Any) -> Any:
    """Return a foreign key to a player."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name=related_name, **options
    )


class Follow(AnnouncedModel):
    """One player follows another; for a private account that was approved."""

    follower = player(db_index=False)
    followed = player(db_index=False)
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "followed"],
                name="follow_once",
                violation_error_message="You follow this player already.",
            ),
            models.CheckConstraint(
                condition=~Q(follower=F("followed")),
                name="follow_not_oneself",
                violation_error_message="Nobody follows himself.",
            ),
        ]
        # The latest first, page by page, from either end.
        indexes = [
            models.Index("followed", F("id").desc(), name="follow_followers"),
            models.Index("follower", F("id").desc(), name="follow_following"),
        ]

    def __str__(self) -> str:
        return f"user {self.follower_id} follows user {self.followed_id}"

    def announce_created(self) -> None:
        """Say that somebody follows."""
        user_followed.send(Follow, follower_id=self.follower_id, followed_id=self.followed_id)

    @classmethod
    def announce_all_created(cls, rows: Sequence[Self]) -> None:
        """Say who follows whom."""
        user_followed.send_many(
            cls, [{"follower_id": row.follower_id, "followed_id": row.followed_id} for row in rows]
        )

    def announce_deleted(self) -> None:
        """Say that somebody follows no longer."""
        user_unfollowed.send(Follow, follower_id=self.follower_id, followed_id=self.followed_id)


class FollowRequestQuerySet(AnnouncedQuerySet["FollowRequest"]):
    """Requests."""

    def pending(self) -> Self:
        """Keep those that wait for an answer."""
        return self.filter(status=FollowRequest.Status.PENDING)


class FollowRequest(AnnouncedModel):
    """Somebody asks to follow a private account. An answered request stays; who asks again makes another."""

    ANNOUNCED_FIELDS = ("status",)
    ANNOUNCED_BY = "apps.user_profile.services.follows"

    class Status(models.TextChoices):
        """What became of a request."""

        PENDING = "PENDING"
        APPROVED = "APPROVED"
        REJECTED = "REJECTED"
        CANCELLED = "CANCELLED"

    follower = player()
    followed = player()
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=moment, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[FollowRequestQuerySet] = FollowRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "followed"],
                condition=Q(status="PENDING"),
                name="followrequest_one_pending",
                violation_error_message="You have asked already.",
            ),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="followrequest_not_oneself"),
            models.CheckConstraint(
                condition=Q(status="PENDING", answered_at=None)
                | Q(status__in=["APPROVED", "REJECTED", "CANCELLED"], answered_at__isnull=False),
                name="followrequest_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.follower_id} asks to follow user {self.followed_id}: {self.status.lower()}"

    def announce_created(self) -> None:
        """Say that somebody asks."""
        follow_requested.send(FollowRequest, follower_id=self.follower_id, followed_id=self.followed_id)

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say how the request was answered."""
        edge = {"follower_id": self.follower_id, "followed_id": self.followed_id}
        match changes["status"].new:
            case self.Status.APPROVED:
                follow_request_approved.send(FollowRequest, **edge)
            case self.Status.REJECTED:
                follow_request_rejected.send(FollowRequest, **edge)
            case self.Status.CANCELLED:
                follow_request_cancelled.send(FollowRequest, **edge)


class FollowCounts(models.Model):
    """How many follow a player and how many he follows: sums over events, seconds behind the rows."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="follow_counts"
    )
    follower_count = models.PositiveIntegerField(default=0)
    following_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "follow counts"

    def __str__(self) -> str:
        return f"follow counts of user {self.user_id}"


class Block(AnnouncedModel):
    """`user` wants nothing of `blocked`, who sees nothing of him and cannot follow, ask, invite or write."""

    user = player(db_index=False)
    blocked = player()
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "blocked"],
                name="block_once",
                violation_error_message="You have blocked this player already.",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("blocked")),
                name="block_not_oneself",
                violation_error_message="Nobody blocks himself.",
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} blocks user {self.blocked_id}"

    def announce_created(self) -> None:
        """Say that somebody is blocked; a receiver ends what was between the two."""
        user_blocked.send(Block, user_id=self.user_id, blocked_id=self.blocked_id)

    def announce_deleted(self) -> None:
        """Say that somebody is blocked no longer."""
        user_unblocked.send(Block, user_id=self.user_id, blocked_id=self.blocked_id)


class Mute(AnnouncedModel):
    """`user` wants to hear nothing of `muted`, who does not learn of it."""

    user = player(db_index=False)
    muted = player()
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "muted"],
                name="mute_once",
                violation_error_message="You have muted this player already.",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("muted")),
                name="mute_not_oneself",
                violation_error_message="Nobody mutes himself.",
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} mutes user {self.muted_id}"

    def announce_created(self) -> None:
        """Say that somebody is muted."""
        user_muted.send(Mute, user_id=self.user_id, muted_id=self.muted_id)

    def announce_deleted(self) -> None:
        """Say that somebody is muted no longer."""
        user_unmuted.send(Mute, user_id=self.user_id, muted_id=self.muted_id)


class TeamSeat(models.Model):
    """Who is in which team now, as the teams announced it: privacy asks who is a teammate.

    Kept inside the transaction that changes a roster. `seats` is how many seats of the team the player has;
    a row without any is gone.
    """

    user = player(db_index=False)
    team_id = models.BigIntegerField()
    seats = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team_id"], name="teamseat_once")]
        indexes = [models.Index(fields=["team_id", "user"], name="teamseat_of_team")]

    def __str__(self) -> str:
        return f"user {self.user_id} in team {self.team_id}"
