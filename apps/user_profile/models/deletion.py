"""Accounts whose players want to be forgotten."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AccountDeletion(models.Model):
    """A wish to be forgotten; until it is done, signing in takes it back."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletion")
    requested_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("due_at", name="accountdeletion_due", condition=models.Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"deletion of user {self.user_id}"
