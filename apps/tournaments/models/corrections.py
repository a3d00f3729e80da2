"""Corrections of results that were announced already."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q

from apps.tournaments.models.matches import Match
from apps.tournaments.models.tournament import moment


class Correction(models.Model):
    """A decided result was changed: what it was, what it became, by whom and why.

    `before` and `after` are results as `services.corrections` writes them. Undoing is a correction, too.
    """

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="corrections")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, validators=[ProhibitNullCharactersValidator()])
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    made_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"correction of match {self.match_id}"
