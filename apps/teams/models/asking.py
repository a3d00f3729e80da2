"""Invitations and requests to join: rows that wait for an answer until they are due."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q

from apps.teams.models.seats import Role
from apps.teams.models.team import Team, moment

WAITS = timedelta(days=7)
MESSAGE_CHARS_MAX = 500


class WrongAnswer(ValidationError):
    """It was answered, taken back, or has run out; only what waits can be answered."""

    def __init__(self) -> None:
        super().__init__("This was answered, taken back, or has run out meanwhile.", code="closed")


class AskingQuerySet[A: "Asking"](models.QuerySet[A]):
    """Rows that wait for an answer."""

    def waiting(self) -> Self:
        """Keep what can be answered still."""
        return self.filter(status="PENDING", due_at__gt=moment())

    def due(self) -> Self:
        """Keep what nobody answered in time."""
        return self.filter(status="PENDING", due_at__lte=moment())


def due_then() -> object:
    """Return until when what is asked now can be answered."""
    return moment() + WAITS


class Asking(models.Model):
    """What invitations and requests share: a pair, a status, and the table of what may become of it."""

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {}

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=9, default="PENDING")
    created_at = models.DateTimeField(default=moment, editable=False)
    due_at = models.DateTimeField(default=due_then)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_due(self) -> bool:
        """Whether nobody can answer any more."""
        return self.due_at <= moment()

    def become(self, status: str) -> None:
        """Move on to another status and save.

        Raises WrongAnswer where the table does not allow it, or when it is too late for an answer.
        """
        if status not in self.TRANSITIONS[self.status] or (self.is_due and status != "EXPIRED"):
            raise WrongAnswer
        self.status = status
        self.answered_at = moment()
        self.save(update_fields=["status", "answered_at"])


def answered_when_closed(name: str, statuses: list[str]) -> list[models.BaseConstraint]:
    """Return what the database knows about the status of a row."""
    return [
        models.CheckConstraint(condition=Q(status__in=statuses), name=f"{name}_status_known"),
        models.CheckConstraint(
            condition=Q(status="PENDING", answered_at=None)
            | ~Q(status="PENDING") & Q(answered_at__isnull=False),
            name=f"{name}_answered_when_closed",
        ),
        models.UniqueConstraint(
            fields=["team", "user"], condition=Q(status="PENDING"), name=f"{name}_waits_once"
        ),
    ]


class Invitation(Asking):
    """A team wants a player. Whoever invited does not learn of a refusal: it looks like no answer."""

    class Status(models.TextChoices):
        """What became of it."""

        PENDING = "PENDING"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"
        CANCELLED = "CANCELLED"
        EXPIRED = "EXPIRED"

    # The team may take back what was declined: it does not know.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.ACCEPTED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}),
        Status.DECLINED: frozenset({Status.CANCELLED}),
        Status.ACCEPTED: frozenset(),
        Status.CANCELLED: frozenset(),
        Status.EXPIRED: frozenset(),
    }

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.PLAYER)

    objects: ClassVar[AskingQuerySet["Invitation"]] = AskingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *answered_when_closed("invitation", ["PENDING", "ACCEPTED", "DECLINED", "CANCELLED", "EXPIRED"]),
            models.CheckConstraint(condition=~Q(by=models.F("user")), name="invitation_of_another"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="invitation_inbox"),
            models.Index(fields=["by", "-created_at"], name="invitation_sent"),
            models.Index(fields=["team", "-created_at"], name="invitation_of_team"),
            models.Index(fields=["due_at"], condition=Q(status="PENDING"), name="invitation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.status} invitation of user {self.user_id} to team {self.team_id}"


class JoinRequest(Asking):
    """A player wants into a team."""

    class Status(models.TextChoices):
        """What became of it."""

        PENDING = "PENDING"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"
        WITHDRAWN = "WITHDRAWN"
        EXPIRED = "EXPIRED"

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED}),
        Status.ACCEPTED: frozenset(),
        Status.DECLINED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.EXPIRED: frozenset(),
    }

    message = models.CharField(
        max_length=MESSAGE_CHARS_MAX, blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    objects: ClassVar[AskingQuerySet["JoinRequest"]] = AskingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = answered_when_closed(
            "joinrequest", ["PENDING", "ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED"]
        )
        indexes = [
            models.Index(fields=["user", "-created_at"], name="joinrequest_outbox"),
            models.Index(fields=["team", "-created_at"], name="joinrequest_of_team"),
            models.Index(fields=["due_at"], condition=Q(status="PENDING"), name="joinrequest_due"),
        ]

    def __str__(self) -> str:
        return f"{self.status} request of user {self.user_id} to join team {self.team_id}"
