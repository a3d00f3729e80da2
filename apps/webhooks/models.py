"""Where messages go, which message goes there, and every try to bring it."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.user_profile.services import sealing
from apps.webhooks.limits import CONCURRENCY, CONCURRENCY_MAX, NAME_CHARS_MAX

PURPOSE = "webhook"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Endpoints."""

    def of(self, user_id: int, team_ids: Iterable[int], *, is_staff: bool) -> Self:
        """Keep those that somebody looks after: his own, his teams', and for staff the platform's."""
        mine = Q(user=user_id) | Q(team__in=list(team_ids))
        return self.filter(mine | ~Q(owner__in=[Owner.USER, Owner.TEAM]) if is_staff else mine)


class Owner(models.TextChoices):
    """Whose endpoint it is, and so what it may be told."""

    USER = "USER", _("Player")
    TEAM = "TEAM", _("Team")
    TOURNAMENT = "TOURNAMENT", _("Tournament")
    PLATFORM = "PLATFORM", _("Platform")


class Kind(models.TextChoices):
    """How the message is written."""

    STANDARD = "STANDARD", _("Webhook")
    DISCORD = "DISCORD", _("Discord channel")


class State(models.TextChoices):
    """Whether messages leave; in both other states they are held."""

    ACTIVE = "ACTIVE", _("Active")
    OFF = "OFF", _("Switched off")
    DISABLED = "DISABLED", _("Disabled")


class Endpoint(models.Model):
    """An address outside that wants to know. The address and the secrets are encrypted at rest."""

    owner = models.CharField(max_length=10, choices=Owner)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STANDARD)
    name = models.CharField(max_length=NAME_CHARS_MAX)
    # Where it goes, sealed, and what of that may be shown.
    sealed_url = models.TextField()
    shown_url = models.CharField(max_length=300)
    sealed_secret = models.TextField(blank=True)
    sealed_old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    types = ArrayField(models.CharField(max_length=100))
    # A team's: also what its players do.
    with_members = models.BooleanField(default=False)
    # One message at a time, each after the one before it has arrived or was given up.
    is_ordered = models.BooleanField(default=False)
    concurrency = models.PositiveSmallIntegerField(default=CONCURRENCY)
    # Discord: @everyone for epic and legendary achievements.
    mentions_everyone = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    state_reason = models.CharField(max_length=200, blank=True)
    # Failures in a row, and since when nothing succeeded.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    # Until then nothing leaves: the breaker is open, or the receiver asked for a pause.
    blocked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[EndpointQuerySet] = EndpointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(owner=Owner.USER, user__isnull=False, team=None, tournament=None)
                    | Q(owner=Owner.TEAM, user=None, team__isnull=False, tournament=None)
                    | Q(owner=Owner.TOURNAMENT, user=None, team=None, tournament__isnull=False)
                    | Q(owner=Owner.PLATFORM, user=None, team=None, tournament=None)
                ),
                name="endpoint_has_one_owner",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="endpoint_has_a_name"),
            models.CheckConstraint(condition=~Q(types=[]), name="endpoint_hears_something"),
            models.CheckConstraint(
                condition=Q(concurrency__range=(1, CONCURRENCY_MAX)), name="endpoint_concurrency"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.STANDARD, sealed_secret=""), name="endpoint_signs_what_it_sends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_url})"

    @property
    def url(self) -> str:
        """Where messages go. Never show or log it: that of a Discord channel is a secret."""
        return sealing.unseal(self.sealed_url, purpose=PURPOSE)

    @property
    def is_discord(self) -> bool:
        """Whether messages are written for a Discord channel."""
        return self.kind == Kind.DISCORD

    def secrets(self) -> list[str]:
        """Return the secrets that sign now, the present one first."""
        sealed = [self.sealed_secret] if self.sealed_secret else []
        if self.sealed_old_secret and self.old_secret_until and self.old_secret_until > timezone.now():
            sealed.append(self.sealed_old_secret)
        return [sealing.unseal(each, purpose=PURPOSE) for each in sealed]


class Outcome(models.TextChoices):
    """What became of a delivery."""

    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", _("Delivered")
    # The subject hides it, or the log does not hold it any more: nothing left, and nothing will.
    WITHHELD = "WITHHELD", _("Withheld")
    # All attempts failed. Kept, and sent again when its owner says so.
    MISSED = "MISSED", _("Missed")


class Delivery(models.Model):
    """One event for one endpoint, exactly once. What it says is written when it leaves.

    Its order is that of the ids: one subscriber writes them, in the order of the stream.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    # The arguments of a test event, which is in no log; null for a real one.
    sample = models.JSONField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    note = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    # Who sends it now, and until when that is believed.
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    # Discord: what the message is about, which message that is there, and what it says.
    about = models.CharField(max_length=80, blank=True)
    message_id = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["event_id", "endpoint"], name="delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "id"], condition=Q(outcome="WAITING"), name="delivery_waiting"),
            models.Index(
                fields=["leased_until"], condition=Q(leased_until__isnull=False), name="delivery_leased"
            ),
            models.Index(
                fields=["endpoint", "about", "-id"], condition=~Q(message_id=""), name="delivery_about"
            ),
            models.Index(fields=["created_at"], name="delivery_age"),
            models.Index(fields=["endpoint"], condition=Q(outcome="MISSED"), name="delivery_missed"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} for endpoint {self.endpoint_id}: {self.outcome}"

    @property
    def is_test(self) -> bool:
        """Whether somebody asked for it to try the endpoint."""
        return self.sample is not None


class Attempt(models.Model):
    """One try: what was sent, what was answered, how long it took. `status` is null when nothing answered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.status or self.error}"

    @property
    def succeeded(self) -> bool:
        """Whether the receiver said yes."""
        return self.status is not None and 200 <= self.status < 300
