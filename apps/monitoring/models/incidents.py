"""What went wrong and when, whom it was told, and how sensitive the alerts are."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How soon somebody has to look."""

    CRITICAL = "CRITICAL", _("Critical")
    WARNING = "WARNING", _("Warning")


class Incident(models.Model):
    """Something is wrong with one subject, from the first sight until it was well for long enough.

    Until `opened_at` it is only watched: what is over by then is deleted, and nobody is told.
    """

    rule = models.CharField(max_length=40)
    # A subscriber, an endpoint; empty where a rule is about the whole.
    subject = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, choices=Severity)
    summary = models.CharField(max_length=500)
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    # Since when it is well again; null while it is not.
    quiet_since = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(resolved_at=None), name="incident_once"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(opened_at__isnull=False), name="incident_opened_first"
            ),
        ]
        indexes = [models.Index(fields=["-opened_at"], name="incident_latest")]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}".strip()

    @property
    def is_critical(self) -> bool:
        """Whether somebody has to look at once."""
        return self.severity == Severity.CRITICAL


class Notice(models.Model):
    """An e-mail about an incident: that it opened, or that it is over. Once each."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", _("Opened")
        RESOLVED = "RESOLVED", _("Resolved")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind)
    recipients = ArrayField(models.EmailField())
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "kind"], name="notice_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notice_due")]

    def __str__(self) -> str:
        return f"{self.incident}: {self.kind}"


class Sensitivity(models.Model):
    """What an operator set for a rule; a rule without a row is as the settings say."""

    rule = models.CharField(max_length=40, primary_key=True)
    threshold = models.FloatField()
    minutes = models.FloatField()
    is_on = models.BooleanField(default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sensitivities"
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gte=0) & Q(minutes__gte=0), name="sensitivity_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return self.rule


class Heartbeat(models.Model):
    """When a process was last seen at work."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Verification(models.Model):
    """What one comparison of all figures found.

    `suspects` differ from their source; `drifting` are the figures of those that did so before.
    """

    ran_at = models.DateTimeField()
    suspects = ArrayField(models.TextField(), default=list, blank=True)
    drifting = ArrayField(models.CharField(max_length=200), default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-ran_at"], name="verification_latest")]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d}: {len(self.drifting)}"
