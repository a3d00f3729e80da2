"""What staff saw that was hidden: who looked at whom, when, and at which parts."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

from apps.user_profile.models.activity import AppendOnly


class StaffLookQuerySet(models.QuerySet["StaffLook"]):
    """Looks of staff."""

    def update(self, **fields: Any) -> NoReturn:
        """Refuse: what was seen stays what was seen."""
        raise AppendOnly("looks of staff are never rewritten")


class StaffLook(models.Model):
    """Staff saw parts of a player that others in that place would not have. Append-only, by a trigger."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parts = ArrayField(models.CharField(max_length=30))
    looked_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[StaffLookQuerySet] = StaffLookQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index("user", F("looked_at").desc(), name="stafflook_of_user"),
            models.Index(fields=["looked_at", "id"], name="stafflook_latest"),
        ]

    def __str__(self) -> str:
        return f"staff {self.staff_id} saw {', '.join(self.parts)} of user {self.user_id}"
