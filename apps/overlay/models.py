"""Who shows what in a broadcast, and by which secret."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.overlay.limits import NAME_CHARS_MAX


class OverlayQuerySet(models.QuerySet["Overlay"]):
    """Overlays."""

    def in_force(self) -> Self:
        """Keep those that may be watched: not revoked, of somebody who may still sign in."""
        return self.filter(revoked_at=None, owner__is_active=True)


class Overlay(models.Model):
    """An address for OBS, about a player or a tournament. Of its secret only the digest is stored."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="overlays")
    name = models.CharField(max_length=NAME_CHARS_MAX, validators=[ProhibitNullCharactersValidator()])
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    tournament = models.ForeignKey(
        "tournaments.Tournament", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The example that its owner asked for last: shown for a moment, marked as a test.
    test_type = models.CharField(max_length=100, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OverlayQuerySet] = OverlayQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="overlay_has_a_name"),
            models.CheckConstraint(
                condition=Q(player=None, tournament__isnull=False) | Q(player__isnull=False, tournament=None),
                name="overlay_of_a_player_or_a_tournament",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}...)"
