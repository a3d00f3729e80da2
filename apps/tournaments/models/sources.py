"""The names by which imports know players and teams again."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SourceName(models.Model):
    """A name by which published results call a player or a team, and who that is here.

    What imports know somebody again by: names here change, and a username may have been taken already.
    """

    class Kind(models.TextChoices):
        PLAYER = "PLAYER"
        TEAM = "TEAM"

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="sourcename_once"),
            models.CheckConstraint(
                condition=Q(kind="PLAYER", user__isnull=False, team=None)
                | Q(kind="TEAM", user=None, team__isnull=False),
                name="sourcename_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.lower()} {self.name}"
