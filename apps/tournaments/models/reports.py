"""What the sides say of their matches: reports, disputes, evidence."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.tournaments.models.entries import TournamentEntry
from apps.tournaments.models.matches import Match
from apps.tournaments.models.tournament import moment

TEXT_CHARS_MAX = 1000


class MatchReport(models.Model):
    """How a match ended, by the word of one side. It holds for the sides of then: others void it."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="reports", db_index=False)
    entry = models.ForeignKey(TournamentEntry, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    score_a = models.PositiveIntegerField()
    score_b = models.PositiveIntegerField()
    reported_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["reported_at", "id"]
        constraints = [models.UniqueConstraint(fields=["match", "entry"], name="matchreport_once_a_side")]

    def __str__(self) -> str:
        return f"{self.score_a}:{self.score_b} in match {self.match_id}, by entry {self.entry_id}"

    @property
    def score(self) -> tuple[int, int]:
        """The score in the order of the match."""
        return (self.score_a, self.score_b)


class Reason(models.TextChoices):
    """What a dispute is about."""

    SCORES_DIFFER = "SCORES_DIFFER", _("The two reports differ")
    WRONG_SCORE = "WRONG_SCORE", _("The reported score is wrong")
    NO_SHOW = "NO_SHOW", _("The opponent did not play")
    RULES = "RULES", _("A rule was broken")
    OTHER = "OTHER", _("Something else")


class Stand(models.TextChoices):
    """Where a dispute stands; an escalated one the staff decides."""

    OPEN = "OPEN", _("Waits for the organiser")
    ESCALATED = "ESCALATED", _("Waits for the staff")
    DECIDED = "DECIDED", _("Decided")


class Dispute(models.Model):
    """A match whose result is not agreed on; one at a time."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="disputes", db_index=False)
    entry = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=14, choices=Reason)
    status = models.CharField(max_length=10, choices=Stand, default=Stand.OPEN)
    opened_at = models.DateTimeField(default=moment, editable=False)
    decision = models.TextField(
        blank=True, max_length=TEXT_CHARS_MAX, validators=[ProhibitNullCharactersValidator()]
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["match"], condition=~Q(status=Stand.DECIDED), name="dispute_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(status__in=Stand.values), name="dispute_status_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="dispute_reason_known"),
            models.CheckConstraint(
                condition=Q(status=Stand.DECIDED, decided_at__isnull=False)
                | ~Q(status=Stand.DECIDED) & Q(decided_at=None, decided_by=None),
                name="dispute_decided_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["match", "-opened_at"], name="dispute_of_match")]

    def __str__(self) -> str:
        return f"dispute about match {self.match_id}"


class Evidence(models.Model):
    """What somebody adds to a dispute: words, and where a picture or a recording is."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="evidence")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    text = models.TextField(max_length=TEXT_CHARS_MAX, validators=[ProhibitNullCharactersValidator()])
    link = models.URLField(blank=True, max_length=500, validators=[URLValidator(schemes=["https"])])
    added_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["added_at", "id"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"evidence in dispute {self.dispute_id}"
