"""The log of a team: who did what to whom, when and why."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q

from apps.teams.models.team import Team, moment

REASON_CHARS_MAX = 300


class Done(models.TextChoices):
    """What was done."""

    FOUNDED = "FOUNDED"
    EDITED = "EDITED"
    INVITED = "INVITED"
    INVITATION_CANCELLED = "INVITATION_CANCELLED"
    INVITATION_EXPIRED = "INVITATION_EXPIRED"
    JOINED = "JOINED"
    REQUEST_DECLINED = "REQUEST_DECLINED"
    ROLE_CHANGED = "ROLE_CHANGED"
    CAPTAINCY_HANDED_OVER = "CAPTAINCY_HANDED_OVER"
    REMOVED = "REMOVED"
    LEFT = "LEFT"


class TeamAction(models.Model):
    """Something that was done in a team. Written by `services.log`, in the transaction that does it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="actions", db_index=False)
    kind = models.CharField(max_length=24, choices=Done)
    # Null where the clock did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(
        max_length=REASON_CHARS_MAX, blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    detail = models.JSONField(default=dict, blank=True)
    done_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["-done_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Done.values), name="teamaction_kind_known")
        ]
        indexes = [models.Index(fields=["team", "-done_at", "-id"], name="teamaction_latest")]

    def __str__(self) -> str:
        return f"{self.kind} in team {self.team_id}"
