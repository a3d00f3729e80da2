"""What the API keeps: tokens as digests, answers to repeat, and how much each caller may still ask."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils import timezone

from apps.api.scopes import TOKEN_NAME_CHARS_MAX


class ApiToken(models.Model):
    """A personal token. Only its digest is stored; `prefix` is how its owner recognises it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=TOKEN_NAME_CHARS_MAX, validators=[ProhibitNullCharactersValidator()])
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=30))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="apitoken_may_do_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"


class KeptAnswer(models.Model):
    """The answer to a write that named an idempotency key: the same request again gets the same answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="keptanswer_once")]
        indexes = [models.Index(fields=["created_at"], name="keptanswer_age")]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"


class Allowance(models.Model):
    """When a caller's full allowance is back (`limits`). Unlogged: after a crash everybody starts anew."""

    caller = models.CharField(max_length=80, primary_key=True)
    full_at = models.DateTimeField()
    refused = models.BooleanField(default=False)

    # No index but the key: every request changes the row, which is cheap as long as no index has to know.

    def __str__(self) -> str:
        return f"{self.caller}: full again at {self.full_at}"
